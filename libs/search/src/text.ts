/** The details by which a user is found. */
export interface SearchedDetails {
  readonly username: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** Stands before and behind each field of a text. */
export const EDGE = '\n';
/** Stands before each word that does not begin its field. No field and no query has control characters of its own. */
export const MARK = '\x1f';

/**
 * A user's details as the search compares them, in one text: the four fields, folded and trimmed, each between edges,
 * with marks. So that a text that has "\njane" has a field that begins with it. Names that are written without a space
 * stand together as well, in either order.
 */
export function searchTextOf({ username, email, firstName, lastName }: SearchedDetails): string {
  const details = [username, email, firstName, lastName].map((field) => fold(field).trim());
  const [, , first, last] = details as [string, string, string, string];
  const together = [first, last].every((name) => WITHOUT_SPACES.test(name)) ? [last + first, first + last] : [];
  return `${EDGE}${[...details, ...together].map(marked).join(EDGE)}${EDGE}`;
}

const WITHOUT_SPACES =
  /[\p{sc=Han}\p{sc=Hangul}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\p{sc=Tibetan}]/u;

/** Folded text, or a word of a query, as it is inside a search text: what begins it has no mark. */
export const marked = (folded: string): string => folded.replace(INNER_WORD, `$1${MARK}`);
const INNER_WORD = /([^\p{L}\p{N}\p{M}])(?=[\p{L}\p{N}\p{M}])/gu;

/** Whether folded text is a run of letters and digits. */
export const isOneWord = (folded: string): boolean => !/[^\p{L}\p{N}\p{M}]/u.test(folded);

/** The fields of a search text, with their marks. */
export const fieldsIn = (text: string): string[] => text.slice(1, -1).split(EDGE);

/** The runs of letters in a search text, of 2 to 32, each once: what a misspelt word may have meant. */
export const namesIn = (text: string): Set<string> =>
  new Set((text.match(/[\p{L}\p{M}]+/gu) ?? []).filter((run) => IS_NAME.test(run)));
const IS_NAME = /^.{2,32}$/u;

/**
 * Text without regard to case, accents (the marks of any script that take no room), compatible spellings, and which of the
 * typographic apostrophes, hyphens and quotation marks stands there; what two texts have in common after it, they have in
 * common for the search.
 */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(IGNORED, '')
    .replace(APOSTROPHES, "'")
    .replace(HYPHENS, '-')
    .replace(QUOTATION_MARKS, '"')
    .replace(LETTERS_WITHOUT_DECOMPOSITION, (letter) => PLAIN_LETTERS[letter]!)
    .normalize('NFC');
}

/**
 * The words that a query asks for, folded, as often as they occur, without the punctuation around them: `Doe, Jane`,
 * `Jane Doe <jane@example.com>`,
 * `Doe,Jane`, `Jane & Doe`. A query of nothing but punctuation is looked for as it is; nothing but accents is none.
 */
export function wordsOfQuery(query: string): string[] {
  const folded = fold(query);
  const words = folded.split(SEPARATOR).map((word) => word.replace(AROUND, ''));
  return [words, folded.split(/\s+/u)].map((some) => some.filter(Boolean)).find(({ length }) => length > 0) ?? [];
}

// What lists are written with, also without a space behind it.
const SEPARATOR = /[\s,;\u3001]+/u;
// `%`, `_` and `\` are plain characters.
const PUNCTUATION = String.raw`[[\p{P}<>]--[%_\\]]+`;
const AROUND = new RegExp(`^${PUNCTUATION}|${PUNCTUATION}$`, 'gv');

const IGNORED = /[\p{Mn}\p{Me}\p{Default_Ignorable_Code_Point}]/gu;
const APOSTROPHES =
  /[\u2018\u2019\u201a\u201b\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u055a\u05f3\u2032\u2035\ua78c`]/gu;
const HYPHENS = /[\p{Pd}\u2212\u2043\u02d7]/gu;
const QUOTATION_MARKS =
  /[\u00ab\u00bb\u201c-\u201f\u2033\u2036\u2039\u203a\u02ba\u02ee\u05f4\u300c-\u300f\u301d-\u301f]/gu;

// Letters that Unicode doesn't take apart, as their readers write them on a plain keyboard.
const PLAIN_LETTERS: Record<string, string> = {
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ħ: 'h', ı: 'i', ĸ: 'k', ł: 'l', ŋ: 'n', ŧ: 't' },
  ...{ ƀ: 'b', ƶ: 'z', ǥ: 'g', ɨ: 'i', ʉ: 'u', ɫ: 'l', ɓ: 'b', ɗ: 'd', ƙ: 'k', ƴ: 'y', ς: 'σ' },
};
const LETTERS_WITHOUT_DECOMPOSITION = new RegExp(`[${Object.keys(PLAIN_LETTERS).join('')}]`, 'gu');
