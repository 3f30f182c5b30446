import { type Position } from '#event-sourcing';

/**
 * Where a stream stands: the positions of consecutive partitions, of which `first` is the first. A position is the
 * offset of the next record, so a stream resumes behind what it has seen. A user's stream has one partition, an
 * environment's has them all.
 */
export interface StreamPosition {
  readonly first: number;
  readonly positions: readonly Position[];
}

// Base 36 and 10 digits at most: below 2^53. One spelling a number, so that equal positions are equal texts.
const TOKEN = /^(?:0|[1-9a-z][0-9a-z]{0,3})-(?:0|[1-9a-z][0-9a-z]{0,9})(?:\.(?:0|[1-9a-z][0-9a-z]{0,9}))*$/;

/** The event id of a position: `<first partition>-<position>.<position>…`, each in base 36. */
export function formatPosition({ first, positions }: StreamPosition): string {
  return `${first.toString(36)}-${positions.map((position) => position.toString(36)).join('.')}`;
}

/** Undefined for what `formatPosition` never gives. */
export function parsePosition(text: string): StreamPosition | undefined {
  if (!TOKEN.test(text)) return undefined;
  const [first = '', positions = ''] = text.split('-');
  return { first: parseInt(first, 36), positions: positions.split('.').map((position) => parseInt(position, 36)) };
}

/**
 * `formatPosition` for many messages of one partition: the returned function takes the partition's position, the
 * others stay as they are.
 */
export function positionFormatter({ first, positions }: StreamPosition, partition: number) {
  const text = (part: readonly Position[]) => part.map((position) => position.toString(36));
  const before = `${first.toString(36)}-${text(positions.slice(0, partition - first))
    .concat('')
    .join('.')}`;
  const after = ['', ...text(positions.slice(partition - first + 1))].join('.');
  return (position: Position) => before + position.toString(36) + after;
}
