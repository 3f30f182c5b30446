/** A row as COPY's text format has it, line end included. */
export function copyLine(values: readonly (string | number | null)[]): string {
  return `${values.map((value) => (typeof value === 'string' ? escaped(value) : (value ?? '\\N'))).join('\t')}\n`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escaped(text: string): string {
  return /[\\\t\n\r]/.test(text) ? text.replace(/[\\\t\n\r]/g, (special) => ESCAPES[special]!) : text;
}
