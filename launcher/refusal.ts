/** Ends the run with a message written for the person at the terminal; it is shown without a stack. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
