/**
 * Columns as Postgres writes arrays. The client would build the same text element by element, which takes longer than
 * all else that a batch costs this process.
 */

export function numbers(values: readonly (number | null)[]): string {
  // join writes null as nothing at all.
  return `{${values.map((value) => value ?? 'NULL').join(',')}}`;
}

export function texts(values: readonly (string | null)[]): string {
  return `{${values.map((value) => (value === null ? 'NULL' : `"${escaped(value)}"`)).join(',')}}`;
}

function escaped(text: string): string {
  return /["\\]/.test(text) ? text.replace(/["\\]/g, '\\$&') : text;
}
