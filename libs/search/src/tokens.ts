import { fieldsIn, MARK, namesIn } from './text.js';

/** How well a word of a query fits a field, best first. */
export const TIERS = ['exact', 'prefix', 'word prefix', 'inside'] as const;
export type Tier = (typeof TIERS)[number];

/** Longer text is looked up by pieces of this length. */
const LONGEST_PIECE = 3;
const MOST_PIECES = 4;
/** The users of so many lowest ids tell how common words are. */
export const SAMPLE = 1_024;
/** So many ids are a block; the first has those below. */
const BLOCK = 32_768;

/** The block that an id is in, from 0. */
export const blockOf = (id: number): number => Math.floor(id / BLOCK);

/**
 * What a search text holds, as 32-bit numbers for an inverted index: whole fields, names, the first one to three
 * letters of fields and inner words, every piece of one to three letters, the block of ids, and whether it is one of the
 * sample. Each number has the environment in it, so that no environment reads another's entries. Two pieces may share a
 * number: whoever looks one up has to compare the text itself.
 */
export function tokensOf(environment: string, id: number, text: string): number[] {
  const seeds = seedsOf(environment);
  const tokens = new Set<number>([token(seeds.block, 'all'), token(seeds.block, String(blockOf(id)))]);
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

/** How common a token is, by whatever measure. */
export type HowCommon = (token: number) => number;

/** What every user has whom the word fits in this way, of its pieces the rarest first; others may have it too. */
export function tokensOfFit(environment: string, word: string, tier: Tier, howCommon: HowCommon): number[] {
  const seeds = seedsOf(environment);
  if (tier === 'exact') return [token(seeds.exact, word)];
  const start = tier === 'inside' ? [] : [token(seeds[tier], word.slice(0, LONGEST_PIECE))];
  const inside = tier === 'inside' || word.length > LONGEST_PIECE ? piecesOf(word, seeds.inside, howCommon) : [];
  return [...new Set([...start, ...inside])];
}

// As few as tell the word from others well, since the index is slower with each and with how many have it: the rarest as
// they are counted, then by their letters. What overlaps rules out the same users, and so counts as more common.
function piecesOf(word: string, seed: number, howCommon: HowCommon): number[] {
  const last = Math.max(0, word.length - LONGEST_PIECE);
  const starts = Array.from({ length: last + 1 }, (_, start) => start);
  const pieces = starts.map((start) => word.slice(start, start + LONGEST_PIECE));
  const tokens = pieces.map((piece) => token(seed, piece));
  const commonnessAt = starts.map((at) => 100 * (1 + howCommon(tokens[at]!)) + commonness(pieces[at]!));
  const chosen: number[] = [];
  const cost = (at: number) => commonnessAt[at]! * (overlaps(at, chosen) ? OVERLAPPING : 1);
  for (let left = starts; left.length > 0 && chosen.length < MOST_PIECES;) {
    const rarest = left.reduce((best, at) => (cost(at) < cost(best) ? at : best));
    chosen.push(rarest);
    left = left.filter((at) => tokens[at] !== tokens[rarest]);
  }
  return chosen.map((at) => tokens[at]!);
}

const OVERLAPPING = 4;
const overlaps = (at: number, chosen: readonly number[]): boolean =>
  chosen.some((other) => Math.abs(other - at) < LONGEST_PIECE);

// In the order of how often they are in names and addresses; what is not among them is rare.
const COMMON_LETTERS = 'qxwzvyp@jkf.bghudtsclmnrioae';
const commonness = (piece: string): number =>
  [...piece].reduce((sum, letter) => sum + COMMON_LETTERS.indexOf(letter), 0);

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

/** What all users have. */
export const tokenOfEverybody = (environment: string): number => token(seedsOf(environment).block, 'all');

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
