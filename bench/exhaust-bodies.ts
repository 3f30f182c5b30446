import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';

const LARGEST = 8 * 1024 * 1024;
const ITEMS = 10_000;
const JSON_TYPE = 'application/json';
const LINES = 'application/x-ndjson';

/** A body that is work to read, as large as its route takes it. */
export interface Heavy {
  readonly name: string;
  readonly path: string;
  readonly mediaType: string;
  readonly coding?: string;
  readonly body: Buffer;
}

/** As many of these as fit into a body, each with its number. */
function many(
  text: (n: number) => string,
  [open, between, close]: [string, string, string],
  most = LARGEST,
  mostItems = Infinity,
): string {
  const parts: string[] = [];
  let room = most - open.length - close.length;
  for (let n = 0; n < mostItems && (room -= text(n).length + between.length) >= 0; n += 1) parts.push(text(n));
  return `${open}${parts.join(between)}${close}`;
}

const array: [string, string, string] = ['[', ',', ']'];
const nested = (open: string, close: string, bytes = LARGEST) => {
  const depth = Math.floor(bytes / (open.length + close.length)) - 1;
  return open.repeat(depth) + '0' + close.repeat(depth);
};

/** Texts that took `JSON.parse` longest for their size, and what else is worst in some way. */
const TEXTS: Record<string, () => string> = {
  brackets: () => nested('[', ']'),
  'brackets that are not closed': () => '['.repeat(LARGEST),
  braces: () => nested('{"a":', '}'),
  'empty objects': () => many(() => '{}', array),
  'empty objects in one item': () => many(() => '{}', ['{"data":{"a":[', ',', ']}}']),
  'small numbers': () => many(() => '0', array),
  'small numbers in one item': () => many(() => '0', ['[[', ',', ']]']),
  names: () => many((n) => `"k${n}":0`, ['{', ',', '}']),
  'one name, again and again': () => many(() => '"a":0', ['{', ',', '}']),
  'one text': () => `"${'x'.repeat(LARGEST - 2)}"`,
  escapes: () => `"${'\\n'.repeat(LARGEST / 2 - 1)}"`,
  'one number': () => '1'.repeat(LARGEST),
  blanks: () => `${' '.repeat(LARGEST - 1)}0`,
  'line feeds': () => '\n'.repeat(LARGEST),
  'items of brackets': () => many(() => nested('[', ']', 800), array, LARGEST, ITEMS),
  'items of empty objects': () => many(() => many(() => '{}', array, 120_000), array),
  'items of fields that there are not': () =>
    many((n) => many((m) => `"k${n}-${m}":0`, ['{', ',', '}'], 120_000), array),
  'items without end': () => many(() => `{"userId":1,"type":"${'x'.repeat(120_000)}"}`, array),
  'items of data in brackets': () =>
    many(() => `{"userId":1,"type":"x","data":{"a":${many(() => '[]', array, 740)}}}`, array, LARGEST, ITEMS),
};

const user = (n: number, profile: string) =>
  `{"username":"heavy${n}","email":"heavy${n}@example.com","profile":${profile}}`;

/** Every body, made when it is asked for: all of them together are large. */
export function* heavyBodies(): Generator<Heavy> {
  const activities = '/api/v3/activities';
  for (const [name, text] of Object.entries(TEXTS)) {
    const body = Buffer.from(text());
    yield { name, path: activities, mediaType: JSON_TYPE, body };
    yield { name: `${name} as lines`, path: activities, mediaType: LINES, body };
    yield { name: `${name} as users`, path: '/api/v3/users/batch', mediaType: JSON_TYPE, body };
  }
  const profile = many(() => '[]', ['{"a":[', ',', ']}'], 740);
  const users = Buffer.from(many((n) => user(n, profile), array, LARGEST, ITEMS));
  yield { name: '10,000 users', path: '/api/v3/users/batch', mediaType: JSON_TYPE, body: users };
  const small = nested('[', ']', 64 * 1024);
  yield { name: 'a user of brackets', path: '/api/v3/users', mediaType: JSON_TYPE, body: Buffer.from(small) };
  yield* packed(activities);
}

function* packed(path: string): Generator<Heavy> {
  const large = Buffer.alloc(16 * LARGEST, '[');
  for (const [coding, pack] of [
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ] as const) {
    yield { name: `128 MiB in ${coding}`, path, mediaType: JSON_TYPE, coding, body: pack(large) };
    yield { name: `brackets in ${coding}`, path, mediaType: JSON_TYPE, coding, body: pack(large.subarray(0, LARGEST)) };
  }
}
