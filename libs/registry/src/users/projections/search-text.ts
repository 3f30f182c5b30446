/** The details by which a user is found. */
export interface SearchedDetails {
  readonly username: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** A user's details as the search compares them; words and names each once, in order of appearance. */
export interface SearchText {
  /** The four fields, folded and trimmed. */
  readonly fields: readonly string[];
  /** Runs of letters and digits that don't begin a field. */
  readonly innerWords: readonly string[];
  /** Runs of letters, of 2 to 32: what a misspelt word may have meant. */
  readonly names: readonly string[];
}

export function searchTextOf({ username, email, firstName, lastName }: SearchedDetails): SearchText {
  const fields = [username, email, firstName, lastName].map((field) => fold(field).trim());
  const innerWords = fields.flatMap((field) => wordsIn(field).filter((word, n) => n > 0 || !field.startsWith(word)));
  const names = fields.flatMap((field) => lettersIn(field).filter((run) => IS_NAME.test(run)));
  return { fields, innerWords: [...new Set(innerWords)], names: [...new Set(names)] };
}

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

/** The runs of letters and digits in folded text. */
const wordsIn = (folded: string): string[] => folded.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];

const lettersIn = (folded: string): string[] => folded.match(/[\p{L}\p{M}]+/gu) ?? [];
const IS_NAME = /^.{2,32}$/u;

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
