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
  const seeds = seedsOf(environment);
  const tokens = new Set([token(seeds.block, String(Math.floor(id / BLOCK)))]);
  if (id < SAMPLE) tokens.add(token(seeds.block, 'sample'));
  for (const field of fieldsIn(text)) {
    if (field !== '') addField(tokens, seeds, field);
  }
  for (const name of namesIn(text)) tokens.add(token(seeds.name, name));
  // In order, since the index sorts them anyway and is fast where they are sorted.
  return [...Int32Array.from(tokens).sort()];
}

function addField(tokens: Set<number>, seeds: Seeds, marked: string): void {
  const [first, ...words] = marked.split(MARK);
  const field = first + words.join('');
  tokens.add(token(seeds.exact, field));
  addPieces(tokens, seeds.prefix, field, 0);
  for (const word of words) addPieces(tokens, seeds['word prefix'], word.match(WORD)![0], 0);
  for (let start = 0; start < field.length; start++) addPieces(tokens, seeds.inside, field, start);
}

const WORD = /^[\p{L}\p{N}\p{M}]+/u;

function addPieces(tokens: Set<number>, seed: number, text: string, start: number): void {
  let hash = seed;
  for (let at = start; at < Math.min(text.length, start + LONGEST_PIECE); at++) {
    hash = step(hash, text.charCodeAt(at));
    tokens.add(scatter(hash));
  }
}

/** What every user has whom the word fits in this way; others may have it too. */
export function tokensOfFit(environment: string, word: string, fit: SpeltFit): number[] {
  const seeds = seedsOf(environment);
  if (fit === 'exact') return [token(seeds.exact, word)];
  const start = fit === 'inside' ? [] : [token(seeds[fit], word.slice(0, LONGEST_PIECE))];
  if (start.length > 0 && word.length <= LONGEST_PIECE) return start;
  const last = Math.max(0, word.length - LONGEST_PIECE);
  const pieces = Array.from({ length: last + 1 }, (_, at) => token(seeds.inside, word.slice(at, at + LONGEST_PIECE)));
  return [...start, ...pieces];
}

/** What a user has for each of these names. */
export function tokensOfNames(environment: string, names: readonly string[]): number[] {
  const { name: seed } = seedsOf(environment);
  return names.map((name) => token(seed, name));
}

/** What the users of each of these blocks have. */
export function tokensOfBlocks(environment: string, from: number, to: number): number[] {
  const { block: seed } = seedsOf(environment);
  return Array.from({ length: to - from + 1 }, (_, at) => token(seed, String(from + at)));
}

/** What the users of the sample have. */
export const tokenOfSample = (environment: string): number => token(seedsOf(environment).block, 'sample');

type Seeds = ReturnType<typeof seedsOf>;

function seedsOf(environment: string) {
  const seed = (kind: string) => hashOf(FNV_OFFSET, `${environment}/${kind}/`);
  return {
    exact: seed('exact'),
    prefix: seed('prefix'),
    'word prefix': seed('word prefix'),
    inside: seed('inside'),
    name: seed('name'),
    block: seed('block'),
  };
}

const token = (seed: number, text: string): number => scatter(hashOf(seed, text));

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
