import { type SpeltFit } from './score.js';
import { fieldsIn, MARK, namesIn } from './text.js';

/** Longer text is looked up by pieces of this length. */
const LONGEST_PIECE = 3;
/** The users of so many lowest ids tell how common words are. */
export const SAMPLE = 1_024;
/** So many ids are a block; the first has those below. */
export const BLOCK = 32_768;

/**
 * What a search text holds, as 32-bit numbers for an inverted index: whole fields, names, the first one to three
 * letters of fields and inner words, every piece of one to three letters, the block of ids, and whether it is one of the
 * sample. Each number has the environment in it, so that no environment reads another's entries. Two pieces may share a
 * number: whoever looks one up has to compare the text itself.
 */
export function tokensOf(environment: string, id: number, text: string): number[] {
  const tokens = [token(environment, 'block', String(Math.floor(id / BLOCK)))];
  if (id < SAMPLE) tokens.push(tokenOfSample(environment));
  const seeds = {
    prefix: seedOf(environment, 'prefix'),
    wordPrefix: seedOf(environment, 'word prefix'),
    inside: seedOf(environment, 'inside'),
  };
  for (const field of fieldsIn(text)) {
    if (field === '') continue;
    const [first, ...words] = field.split(MARK);
    const folded = first + words.join('');
    tokens.push(token(environment, 'exact', folded));
    addPieces(tokens, seeds.prefix, folded, 0);
    for (const word of words) addPieces(tokens, seeds.wordPrefix, word.match(WORD)![0], 0);
    for (let start = 0; start < folded.length; start++) addPieces(tokens, seeds.inside, folded, start);
  }
  for (const name of namesIn(text)) tokens.push(token(environment, 'name', name));
  return inOrder(tokens);
}

const WORD = /^[\p{L}\p{N}\p{M}]+/u;

function addPieces(tokens: number[], seed: number, text: string, start: number): void {
  let hash = seed;
  for (let at = start; at < Math.min(text.length, start + LONGEST_PIECE); at++) {
    hash = step(hash, text.charCodeAt(at));
    tokens.push(scatter(hash));
  }
}

/** Each once, in order: the index sorts them anyway, and is fast where they are sorted. */
function inOrder(tokens: readonly number[]): number[] {
  const once: number[] = [];
  // Several times as fast as a set of them.
  for (const token of new Int32Array(tokens).sort()) if (token !== once.at(-1)) once.push(token);
  return once;
}

/** What every user has whom the word fits in this way; others may have it too. */
export function tokensOfFit(environment: string, word: string, fit: SpeltFit): number[] {
  if (fit === 'exact') return [token(environment, 'exact', word)];
  const start = fit === 'inside' ? [] : [token(environment, fit, word.slice(0, LONGEST_PIECE))];
  if (start.length > 0 && word.length <= LONGEST_PIECE) return start;
  const pieces = Array.from({ length: Math.max(0, word.length - LONGEST_PIECE) + 1 }, (_, at) =>
    token(environment, 'inside', word.slice(at, at + LONGEST_PIECE)),
  );
  return [...start, ...pieces];
}

/** What a user has for each of these names. */
export const tokensOfNames = (environment: string, names: readonly string[]): number[] =>
  names.map((name) => token(environment, 'name', name));

/** What the users of each of these blocks have. */
export const tokensOfBlocks = (environment: string, from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, at) => token(environment, 'block', String(from + at)));

/** What the users of the sample have. */
export const tokenOfSample = (environment: string): number => token(environment, 'block', 'sample');

type Kind = SpeltFit | 'name' | 'block';

const token = (environment: string, kind: Kind, text: string): number =>
  scatter(hashOf(seedOf(environment, kind), text));

const seedOf = (environment: string, kind: Kind): number => hashOf(FNV_OFFSET, `${environment}/${kind}/`);

// FNV-1a over UTF-16 units, so that longer pieces continue where shorter ones end.
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const step = (hash: number, unit: number): number => Math.imul(hash ^ unit, FNV_PRIME);

function hashOf(seed: number, text: string): number {
  let hash = seed;
  for (let at = 0; at < text.length; at++) hash = step(hash, text.charCodeAt(at));
  return hash;
}

/** The last step of MurmurHash3, without which short pieces would lie close together. */
function scatter(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
