import { randomUUID } from 'node:crypto';
import { type LogRecord } from '#event-sourcing';
import { type Control, encodeControl } from '../src/controls.js';

export type Entry = readonly [key: string, value: string];

/** The records of one partition. */
export const logOf = (entries: readonly Entry[]): LogRecord[] =>
  entries.map(([key, value], offset) => ({
    partition: 0,
    offset,
    key,
    value: Buffer.from(value),
    time: 1000 + offset,
  }));

/** What an operator asks for, as a record. */
export const ask = (control: Partial<Control> & Pick<Control, 'key'>): Entry => [
  control.key,
  encodeControl({ control: 'retry', id: randomUUID(), limit: 1_000, by: 'tester', ...control }),
];

/** Notes of three keys, one of which has something at its second note. */
export const story = (poison: string): Entry[] => [
  ['ann', 'a1'],
  ['bob', 'b1'],
  ['ann', poison],
  ['bob', 'b2'],
  ['ann', 'a3'],
  ['cid', 'c1'],
  ['ann', 'a4'],
  ['bob', 'b3'],
];
