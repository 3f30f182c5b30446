import { dice, type Person, personOf, pick } from './search-people.ts';

export interface Question {
  readonly kind: string;
  readonly q: string;
}

/** Question number `n`, the same each time: one word of 1 to 20 letters of somebody, or two or three words. */
export function questionOf(n: number, users: number): Question {
  const random = dice(n * 7_919);
  const person = personOf(1 + Math.floor(random() * users));
  const count = 1 + Math.floor(random() ** 2 * 3);
  const words = Array.from({ length: count }, () => wordOf(random, person));
  if (count > 1) return { kind: `${count} words`, q: words.join(' ') };
  return { kind: `1 word of ${[...words[0]!].length}`, q: words[0]! };
}

/** As a field begins, from inside or misspelt. */
function wordOf(random: () => number, { username, email, firstName, lastName }: Person): string {
  const length = 1 + Math.floor(random() * 20);
  const fields = [username, email, firstName, lastName];
  const fitting = fields.filter((field) => field.length >= length);
  const letters = [...pick(random, fitting.length > 0 ? fitting : fields)];
  const how = random();
  const start = how < 0.5 ? 0 : Math.floor(random() * (letters.length - Math.min(length, letters.length) + 1));
  const word = letters.slice(start, start + length);
  if (how > 0.85 && word.length > 3) word.splice(1, 2, word[2]!, word[1]!);
  return word.join('');
}

const piecesOf = (text: string): string[] =>
  Array.from({ length: text.length }, (_, start) =>
    Array.from({ length: text.length - start }, (_, length) => text.slice(start, start + length + 1)),
  ).flat();

/** Up to 200 characters that almost everybody has, many times over or in ways that few have together. */
export const HOSTILE: readonly string[] = [
  'a e',
  'a b c',
  'x y z',
  'com gmail',
  'an er in',
  'aaa bbb',
  'a e i o u',
  'e @ . c o m',
  'an er in on ar el',
  'a '.repeat(100).trim(),
  [...'abcdefghijklmnopqrstuvwxyz0123456789.@-_'].join(' '),
  [...new Set(piecesOf('@gmail.com'))].join(' ').slice(0, 200),
];
