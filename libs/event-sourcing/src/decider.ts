/**
 * A command that the state of the moment refuses. It is an outcome like any other: final, stored, the same on every
 * replay.
 */
export interface Rejection {
  /** Machine-readable, kebab-case, from the catalogue of problems: `username-taken`. */
  readonly rejected: string;
  /** What to do about it, for people. */
  readonly detail: string;
  /** The places in what was asked that are at fault, where it is them. */
  readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly detail: string }[];
}

/** What a decision comes to: the facts that now hold, in order, or the reason why there are none. */
export type Decision<Event> = readonly Event[] | Rejection;

/**
 * The rules of one aggregate as two pure functions. Time, ids and the actor come in with the command or the state;
 * neither function reads a clock, a random source or a client.
 *
 * Source: Jérémie Chassaing, "Functional Event Sourcing Decider".
 */
export interface Decider<State, Command, Event> {
  readonly initial: State;
  decide(state: State, command: Command): Decision<Event>;
  evolve(state: State, event: Event): State;
}

export function isRejection(decision: unknown): decision is Rejection {
  return typeof decision === 'object' && decision !== null && 'rejected' in decision;
}
