import { type Queryable } from '#platform';
import { type Misspelling } from './score.js';

/** From this many letters on, a word may have one mistake. */
const LETTERS_FOR_ONE = 3;
/** From this many letters on, it may have two. */
const LETTERS_FOR_TWO = 8;
/** Longer words are spelt right or not found. */
const MOST_LETTERS = 32;
/** Of a word with two mistakes, so many letters are right at the start, but for one swapped or surplus letter. */
const LETTERS_AT_START = 4;

/**
 * The names of an environment's users that one of these runs may have meant: at one mistake's
 * distance, or two from eight letters on; others may be among them. A mistake is a missing, surplus or wrong letter or two that are swapped; a
 * letter is missing or wrong among those of the run's own alphabet.
 */
export async function closeNames(
  db: Queryable,
  environment: string,
  misspelt: readonly Misspelling[],
): Promise<string[]> {
  const isLong = ({ run, most }: Misspelling) => mistakesIn(run, most) === 2;
  // Of long words those that start alike are read anyway.
  const near = misspelt.flatMap((one) => oneMistakeAway(one.run, isLong(one) ? LETTERS_AT_START : MOST_LETTERS + 1));
  const long = misspelt.filter(isLong).map(({ run }) => run);
  if (near.length === 0) return [];
  const { rows } = await db.query<{ name: string }>(
    // Fenced, so that each is looked up by the key whatever the planner knows of the table.
    `SELECT name FROM unnest(string_to_array($2, ' ')) AS near (wanted)
       CROSS JOIN LATERAL (SELECT name FROM search_names WHERE environment = $1 AND name = wanted OFFSET 0) AS same
       UNION
       SELECT name FROM unnest($3::text[], $4::int[], $5::int[]) AS start (letters, shortest, longest)
       CROSS JOIN LATERAL (
         SELECT name FROM search_names
         WHERE environment = $1 AND name >= letters AND name < letters || $6
           AND char_length(name) BETWEEN shortest AND longest
         OFFSET 0
       ) AS beginning`,
    [environment, [...new Set(near)].join(' '), ...startColumns(long), LAST_LETTER],
  );
  return rows.map(({ name }) => name);
}

const LAST_LETTER = '\u{10ffff}';

function startColumns(words: readonly string[]): [string[], number[], number[]] {
  const starts = words.flatMap((word) =>
    startsOf(word).map((letters) => ({ letters, length: lettersOf(word).length })),
  );
  return [
    starts.map(({ letters }) => letters),
    starts.map(({ length }) => length - 2),
    starts.map(({ length }) => length + 2),
  ];
}

/** Whether `name` is another name that `word` may have meant, with `most` mistakes at most. */
export function isClose(word: string, name: string, most: 1 | 2): boolean {
  const allowed = mistakesIn(word, most);
  // A letter is one or two units of UTF-16.
  if (word === name || allowed === 0 || Math.abs(word.length - name.length) > 2 * allowed) return false;
  const mistakes = distance(word, name, allowed);
  if (mistakes === 1) return lettersAreOf(word, name);
  return mistakes === 2 && allowed === 2 && startsOf(word).some((start) => name.startsWith(start));
}

const lettersOf = (word: string): string[] => Array.from(word);

function mistakesIn(word: string, most: 1 | 2): 0 | 1 | 2 {
  const { length } = lettersOf(word);
  if (length < LETTERS_FOR_ONE || length > MOST_LETTERS) return 0;
  return length < LETTERS_FOR_TWO ? 1 : most;
}

/**
 * How many letters are missing, surplus, wrong or swapped with their neighbour (optimal string alignment); more than
 * `most` where it is more than `most`.
 */
export function distance(one: string, other: string, most: number): number {
  const [a, b] = withoutCommonEnds(lettersOf(one), lettersOf(other));
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const wrong = a[row - 1] === b[column - 1] ? 0 : 1;
      let least = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + wrong);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        least = Math.min(least, beforeLast[column - 2]! + 1);
      }
      current.push(least);
    }
    if (Math.min(...current) > most && Math.min(...last) > most) return most + 1;
    beforeLast = last;
    last = current;
  }
  return last[b.length]!;
}

function withoutCommonEnds(a: string[], b: string[]): [string[], string[]] {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  return [a.slice(start, a.length - end), b.slice(start, b.length - end)];
}

/**
 * Every word at one mistake's distance, letters of the word's own alphabet put in, but only at or in the place of one of
 * the first letters up to `upTo`.
 */
export function oneMistakeAway(word: string, upTo = MOST_LETTERS + 1): string[] {
  if (mistakesIn(word, 1) === 0) return [];
  const letters = lettersOf(word);
  const alphabet = alphabetOf(word);
  const away = [...swaps(letters), ...drops(letters)];
  for (let at = 0; at <= letters.length && at < upTo; at++) {
    const before = letters.slice(0, at).join('');
    const from = letters.slice(at).join('');
    const behind = letters.slice(at + 1).join('');
    for (const letter of alphabet) {
      away.push(before + letter + from);
      if (at < letters.length) away.push(before + letter + behind);
    }
  }
  return [...new Set(away)].filter((other) => other !== word);
}

function swaps(letters: readonly string[]): string[] {
  return letters
    .slice(1)
    .map((letter, at) => [...letters.slice(0, at), letter, letters[at], ...letters.slice(at + 2)].join(''));
}

function drops(letters: readonly string[]): string[] {
  return letters.map((_, at) => letters.toSpliced(at, 1).join(''));
}

function startsOf(word: string): string[] {
  const letters = lettersOf(word).slice(0, LETTERS_AT_START + 1);
  const starts = [word, ...swaps(letters), ...drops(letters)];
  return [...new Set(starts.map((start) => lettersOf(start).slice(0, LETTERS_AT_START).join('')))];
}

// Alphabets by a letter that tells them, after folding.
const ALPHABETS: readonly [RegExp, string][] = [
  [/\p{Script=Latin}/u, 'abcdefghijklmnopqrstuvwxyz'],
  [/\p{Script=Greek}/u, 'αβγδεζηθικλμνξοπρστυφχψω'],
  [/\p{Script=Cyrillic}/u, 'абвгдежзиклмнопрстуфхцчшщъыьэюяіґєђјљњћџ'],
  [/\p{Script=Hebrew}/u, 'אבגדהוזחטיכךלמםנןסעפףצץקרשת'],
  [/\p{Script=Arabic}/u, 'ابتثجحخدذرزسشصضطظعغفقكلمنهويةىء'],
];

/** The word's own letters and those of the scripts that it is written in. */
function alphabetOf(word: string): Set<string> {
  const letters = ALPHABETS.filter(([script]) => script.test(word)).map(([, alphabet]) => alphabet);
  return new Set(lettersOf(letters.join('') + word));
}

function lettersAreOf(word: string, name: string): boolean {
  const alphabet = alphabetOf(word);
  return lettersOf(name).every((letter) => alphabet.has(letter));
}
