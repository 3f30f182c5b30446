/**
 * An array of texts, numbers, truth values, buffers and nulls as Postgres writes it: as JSON does, where nothing has to be
 * escaped, which is built several times faster than by the client, element by element.
 */
export function arrayLiteral(values: readonly unknown[]): string {
  const json = values.every(isPlain) ? JSON.stringify(values) : '\\';
  return `{${json.includes('\\') ? values.map(elementOf).join(',') : json.slice(1, -1)}}`;
}

function isPlain(value: unknown): value is string | number | boolean | null | undefined {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'string' || typeof value === 'boolean' || value === null || value === undefined;
}

function elementOf(value: unknown): string {
  if (typeof value === 'string') return `"${value.replace(/["\\]/g, '\\$&')}"`;
  if (Buffer.isBuffer(value)) return `"\\\\x${value.toString('hex')}"`;
  if (!isPlain(value))
    throw new TypeError('an array for Postgres holds texts, numbers, truth values, buffers and nulls');
  return value === null || value === undefined ? 'NULL' : String(value);
}
