export type CopyValue = string | number | boolean | null;

const SPECIAL = /[\\\t\n\r]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** A value as a column of COPY's text format. */
export function copyColumn(value: CopyValue): string {
  if (typeof value !== 'string') return value === null ? '\\N' : String(value);
  return SPECIAL.test(value) ? value.replace(/[\\\t\n\r]/g, (special) => ESCAPES[special]!) : value;
}

/** A row as a line of COPY's text format. */
export function copyLine(values: readonly CopyValue[]): string {
  let line = copyColumn(values[0]!);
  for (let at = 1; at < values.length; at += 1) line += `\t${copyColumn(values[at]!)}`;
  return `${line}\n`;
}

const USUAL_LINE = 256;
const MOST_BYTES_A_UNIT = 3;

/** The lines of these rows. Each is written as it is made: one text of all of them would take several times as long. */
export function copyLines<Row>(rows: readonly Row[], lineOf: (row: Row) => string): Buffer {
  let lines = Buffer.allocUnsafe(rows.length * USUAL_LINE);
  let end = 0;
  for (const row of rows) {
    const line = lineOf(row);
    const most = end + line.length * MOST_BYTES_A_UNIT;
    if (most > lines.length) lines = Buffer.concat([lines.subarray(0, end)], 2 * most);
    end += lines.write(line, end);
  }
  return lines.subarray(0, end);
}
