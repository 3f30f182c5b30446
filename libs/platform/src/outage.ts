// Errors of the language: bugs. `fetch` throws a TypeError as well when it reaches nobody, but with a cause.
const LANGUAGE_ERROR = /^(Type|Range|Reference|Syntax|Eval|URI)Error$/;

// Data exception and integrity constraint violation, by SQLSTATE: Postgres refuses the values of a statement.
const REFUSED_VALUES = /^2[23][0-9A-Z]{3}$/;

/**
 * Whether something around this code failed, which may be otherwise in a moment: all but what follows from the code and what
 * it was given, and so would be the same again. That is a short list; that of what servers, networks and their clients may
 * throw has no end (ADR 0017).
 */
export function isOutage(thrown: unknown): boolean {
  const { code, name, cause, syscall } = (thrown ?? {}) as Record<'code' | 'name' | 'cause' | 'syscall', unknown>;
  if (REFUSED_VALUES.test(String(code))) return false;
  return !LANGUAGE_ERROR.test(String(name)) || cause !== undefined || syscall !== undefined;
}
