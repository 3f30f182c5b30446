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
 * with marks. So that a text that has "\njane" has a field that begins with it.
 */
export function searchTextOf({ username, email, firstName, lastName }: SearchedDetails): string {
  const fields = [username, email, firstName, lastName].map((field) => marked(fold(field).trim()));
  return `${EDGE}${fields.join(EDGE)}${EDGE}`;
}

/** Folded text, or a word of a query, as it is inside a search text: what begins it has no mark. */
export const marked = (folded: string): string => folded.replace(INNER_WORD, `$1${MARK}`);
const INNER_WORD = /([^\p{L}\p{N}\p{M}])(?=[\p{L}\p{N}\p{M}])/gu;

/** Whether folded text is a run of letters and digits. */
export const isOneWord = (folded: string): boolean => !/[^\p{L}\p{N}\p{M}]/u.test(folded);

/** The four fields of a search text, with their marks. */
export const fieldsIn = (text: string): string[] => text.slice(1, -1).split(EDGE);

/** The runs of letters in a search text, of 2 to 32, each once: what a misspelt word may have meant. */
export const namesIn = (text: string): Set<string> =>
  new Set((text.match(/[\p{L}\p{M}]+/gu) ?? []).filter((run) => IS_NAME.test(run)));
const IS_NAME = /^.{2,32}$/u;

/**
 * Text without regard to case, accents and compatible spellings; what two texts have in common after it, they have in
 * common for the search. Marks that are letters of their script (Indic vowels, Japanese voicing) stay.
 */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(ACCENTS, '')
    .replace(LETTERS_WITHOUT_DECOMPOSITION, (letter) => PLAIN_LETTERS[letter]!)
    .normalize('NFC');
}

/** The words that a query asks for, folded, as often as they occur; what is nothing but accents is no word. */
export function wordsOfQuery(query: string): string[] {
  return query.split(/\s+/u).flatMap((word) => fold(word).split(/\s+/u).filter(Boolean));
}

const ACCENTS = /[[[\p{Mn}\p{Me}]&&\p{Script=Inherited}]--[\u3099\u309A]]|\p{Default_Ignorable_Code_Point}/gv;

// Letters that Unicode doesn't take apart, as their readers write them on a plain keyboard.
const PLAIN_LETTERS: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
  ĸ: 'k',
  ł: 'l',
  ŋ: 'n',
  ŧ: 't',
  ƀ: 'b',
  ƶ: 'z',
  ǥ: 'g',
  ɨ: 'i',
  ʉ: 'u',
  ɫ: 'l',
  ɓ: 'b',
  ɗ: 'd',
  ƙ: 'k',
  ƴ: 'y',
  ς: 'σ',
};
const LETTERS_WITHOUT_DECOMPOSITION = new RegExp(`[${Object.keys(PLAIN_LETTERS).join('')}]`, 'gu');
