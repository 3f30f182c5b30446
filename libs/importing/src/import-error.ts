/** Ends an import with one sentence for the person at the terminal. Nothing that was accepted before is undone. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
}
