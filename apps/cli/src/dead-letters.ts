import { type FoldName } from '#platform';
import { type DeadLetter, type Outcome } from '#projections';

type Letter = DeadLetter & { readonly view: FoldName };

/** A dead letter for a person. */
export function letterLines({ view, partition, position, key, time, reason, behind, droppedAt }: Letter): string[] {
  const fate = droppedAt === null ? `${behind} behind it` : `dropped at ${droppedAt}`;
  return [
    `${view} ${partition} ${position}  ${JSON.stringify(key)}  ${new Date(time).toISOString()}  ${fate}`,
    `  ${reason ?? 'waits behind another record of its key'}`,
  ];
}

export function letterText(letter: Letter & { readonly value: Buffer }): string {
  return [...letterLines(letter), '', bytesText(letter.value)].join('\n');
}

export function outcomeLine({ view, key, result, letter }: Outcome & { readonly view: FoldName }): string {
  const line = `${view} ${JSON.stringify(key)}`;
  if (letter === undefined) return `${line}: applied, nothing waits any more`;
  const { partition, position, behind, reason } = letter;
  const where = `${view} ${partition} ${position}, ${behind} behind it`;
  return result === 'more'
    ? `${line}: applied in part; the rest waits (${where})`
    : `${line}: failed at ${where}: ${reason}`;
}

/** Text as it is, anything else as a dump of its bytes. */
function bytesText(value: Buffer): string {
  const text = value.toString('utf8');
  const isText = Buffer.from(text).equals(value) && !/[^\P{C}\n\t]/u.test(text);
  return isText ? text : hexDump(value).join('\n');
}

function hexDump(value: Buffer): string[] {
  return Array.from({ length: Math.ceil(value.length / 16) }, (_, line) => {
    const bytes = value.subarray(line * 16, line * 16 + 16);
    const hex = bytes.toString('hex').replace(/../g, '$& ').padEnd(49);
    return `${(line * 16).toString(16).padStart(8, '0')}  ${hex}${bytes.toString('latin1').replace(/[^\x20-\x7e]/g, '.')}`;
  });
}
