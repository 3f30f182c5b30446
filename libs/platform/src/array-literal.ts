/**
 * An array of texts, numbers, truth values, buffers and nulls as Postgres writes it: as JSON does, where nothing has to be
 * escaped, which is built several times faster than by the client, element by element.
 */
export function arrayLiteral(values: readonly unknown[]): string {
  const json = values.some(isObject) ? undefined : JSON.stringify(values);
  const elements = json === undefined || json.includes('\\') ? values.map(elementOf).join(',') : json.slice(1, -1);
  return `{${elements}}`;
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null;

function elementOf(value: unknown): string {
  if (typeof value === 'string') return `"${value.replace(/["\\]/g, '\\$&')}"`;
  if (Buffer.isBuffer(value)) return `"\\\\x${value.toString('hex')}"`;
  if (isObject(value))
    throw new TypeError('an array for Postgres holds texts, numbers, truth values, buffers and nulls');
  return String(value ?? null);
}
