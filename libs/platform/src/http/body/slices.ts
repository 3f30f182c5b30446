import { isUtf8 } from 'node:buffer';
import { mayLoseDigits, parseExactly } from '../../exact-json.js';
import { ownTurn } from '../../own-turn.js';
import { Problem } from '../../problems.js';
import { outlineOf, PIECE, type Span } from './json-outline.js';
import { noJson } from './parse-json.js';

export const NDJSON = 'application/x-ndjson';

/** How many items a request may have. */
export const MAX_ITEMS = 10_000;
/** How many bytes an item may have: as much as is parsed in one go, and far more than a good one needs. */
export const ITEM_BYTES = 128 * 1024;
const SLICE_ITEMS = 256;

export type ItemFault = 'no-json' | 'no-utf8' | 'too-large';

/** An item as it was read: what it is, its numbers as `parseExactly` gives them, or why that cannot be said. */
export type ReadItem = { readonly value: unknown } | { readonly fault: ItemFault };

/** Items that follow one another in a body, few enough to be worked on in one go. */
export interface Slice<Item = ReadItem> {
  readonly items: number;
  readonly bytes: number;
  /** Reads them: what is not read yet takes no more than its bytes. */
  read(): Item[];
}

/** The lines of a body that are not blank; one that is no JSON, or no UTF-8, is no harm to the others. Throws `too-large`. */
export async function slicesOfLines(body: Buffer): Promise<Slice[]> {
  if (body.length > PIECE) await ownTurn();
  return slicesOf(body, findLines(body), readLines);
}

/** The items of a JSON array, or the one value that is none. Throws `invalid-request` for what is no JSON, `too-large`. */
export async function slicesOfJson(body: Buffer): Promise<{ isArray: boolean; slices: Slice[] }> {
  if (body.length > PIECE) await ownTurn();
  const outline = isUtf8(body) ? await outlineOf(body, MAX_ITEMS) : undefined;
  if (!outline) throw noJson(body);
  limitItems(outline.values);
  return { isArray: outline.isArray, slices: slicesOf(body, outline.values, readItems) };
}

/** Reads the bytes of consecutive items; where each begins and ends is counted from `start`. */
type Read = (bytes: Buffer, spans: readonly Span[], start: number) => ReadItem[];

function slicesOf(body: Buffer, spans: readonly Span[], read: Read): Slice[] {
  const slices: Slice[] = [];
  for (let first = 0; first < spans.length;) {
    const { start } = spans[first]!;
    let next = first + 1;
    while (next < spans.length && next - first < SLICE_ITEMS && spans[next]!.end - start <= ITEM_BYTES) next += 1;
    const among = spans.slice(first, next);
    const bytes = body.subarray(start, among.at(-1)!.end);
    const readAll = () => (bytes.length > ITEM_BYTES ? [TOO_LARGE] : read(bytes, among, start));
    slices.push({ items: among.length, bytes: bytes.length, read: readAll });
    first = next;
  }
  return slices;
}

const TOO_LARGE: ReadItem = { fault: 'too-large' };
const NO_JSON: ReadItem = { fault: 'no-json' };
const NO_UTF8: ReadItem = { fault: 'no-utf8' };

/** All at once where that keeps all digits; what one item needs of care is then no cost to those beside it. */
function readItems(bytes: Buffer, spans: readonly Span[], start: number): ReadItem[] {
  const json = `[${bytes.toString()}]`;
  if (!mayLoseDigits(json)) return (JSON.parse(json) as unknown[]).map((value) => ({ value }));
  const texts = spans.map((span) => bytes.toString('utf8', span.start - start, span.end - start));
  return texts.map((text) => ({ value: parseExactly(text) }));
}

/** All at once where all is text, since that is a fraction of the work. */
function readLines(bytes: Buffer): ReadItem[] {
  if (isUtf8(bytes)) {
    const text = bytes.toString();
    const parse = mayLoseDigits(text) ? parseExactly : JSON.parse;
    return text
      .split('\n')
      .filter(isFilled)
      .map((line) => readLine(line, parse));
  }
  const lines = findLines(bytes).map(({ start, end }) => bytes.subarray(start, end));
  return lines.map((line) => (isUtf8(line) ? readLine(line.toString(), parseExactly) : NO_UTF8));
}

const isFilled = (line: string) => line.startsWith('{') || /[^ \t\r]/.test(line);

function readLine(line: string, parse: (line: string) => unknown): ReadItem {
  try {
    return { value: parse(line) };
  } catch {
    return NO_JSON;
  }
}

const LINE_FEED = 0x0a;

/** Where the lines of a body are that are not blank. */
function findLines(body: Buffer): Span[] {
  const lines: Span[] = [];
  for (let start = skipBlank(body, 0); start < body.length;) {
    const feed = body.indexOf(LINE_FEED, start);
    const end = feed === -1 ? body.length : feed;
    lines.push({ start, end });
    if (lines.length > MAX_ITEMS) break;
    start = skipBlank(body, end);
  }
  limitItems(lines);
  return lines;
}

function skipBlank(body: Buffer, start: number): number {
  for (let at = start; at < body.length; at += 1) {
    const byte = body[at];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d && byte !== LINE_FEED) return at;
  }
  return body.length;
}

function limitItems(items: readonly unknown[]): void {
  if (items.length > MAX_ITEMS) throw new Problem('too-large', `A request takes at most ${MAX_ITEMS} items.`);
}
