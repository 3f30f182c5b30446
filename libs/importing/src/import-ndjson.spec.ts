import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { ContractServer, firstOf, problem } from '../test/contract-server.js';
import { importNdjson, type NdjsonImport } from './import-ndjson.js';

let server: ContractServer;
let folder: string;
let file: string;
let place: string;
beforeEach(async () => {
  server = await ContractServer.start();
  const user = { email: 'j@example.com', firstName: '', lastName: '' };
  for (const [index, username] of ['jane', 'joe'].entries()) {
    server.users.set(username, { id: index + 1, username, ...user });
  }
  folder = mkdtempSync(join(tmpdir(), 'tidemark-lines-'));
  file = join(folder, 'lines.ndjson');
  place = join(folder, 'state', 'place.json');
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

function request(more: Partial<NdjsonImport> = {}): NdjsonImport {
  const service = { url: server.url, environment: 'demo', token: async () => 'a-token' };
  return { input: file, service, checkpointPath: place, patience: { patienceMs: 20_000, timeoutMs: 20_000 }, ...more };
}

const line = (n: number) => JSON.stringify({ username: n % 3 ? 'jane' : 'joe', type: 'step', data: { n } });
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => `${line(from + at)}\n`).join('');
const sent = () => server.requests(/activities/).reduce((sum, { body }) => sum + (body as unknown[]).length, 0);

describe('the import of lines', () => {
  it('sends each line once, as history, in the environment that was named', async () => {
    writeFileSync(file, lines(0, 5_000));
    const summary = await importNdjson(request());
    expect(summary).toMatchObject({ input: file, lines: { accepted: 5_000, refused: 0, named: 5_000 } });
    expect(server.activities.size).toBe(5_000);
    expect(sent()).toBe(5_000);
    const headers = server.requests(/POST .*activities/)[0]?.headers;
    expect(headers).toMatchObject({ 'tidemark-lane': 'backfill', 'environment-id': 'demo' });
    expect(existsSync(place)).toBe(false);
  });

  it('counts equal lines as often as they stand there, and no more the second time', async () => {
    writeFileSync(file, `${line(1)}\n`.repeat(30));
    await importNdjson(request());
    await importNdjson(request());
    await importNdjson(request({ input: Readable.from([Buffer.from(`${line(1)}\r\n`.repeat(30))]) }));
    expect(sent()).toBe(90);
    expect(server.activities.size).toBe(30);
  });

  it('reads a pipe with a name once, as a shell gives it for <(…)', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const writer = spawn('sh', ['-c', 'cat > "$0"', pipe], { stdio: ['pipe', 'ignore', 'ignore'] });
    writer.stdin.end(lines(0, 3_000));
    expect(await importNdjson(request({ input: pipe }))).toMatchObject({ input: pipe, lines: { accepted: 3_000 } });
    expect(server.activities.size).toBe(3_000);
    expect(existsSync(place)).toBe(false);
  });

  it('adds what was appended, and what was put right in its place', async () => {
    writeFileSync(file, `${line(1)}\n{"username":"nobody"}\n${line(3)}\n`);
    expect((await importNdjson(request())).lines).toMatchObject({ accepted: 2, refused: 1 });
    writeFileSync(file, `${line(1)}\n${line(2)}\n${line(3)}\n${line(4)}`);
    expect((await importNdjson(request())).lines).toMatchObject({ accepted: 4, refused: 0 });
    expect(server.activities.size).toBe(4);
  });

  it('counts the same lines of two inputs twice where they were given names', async () => {
    writeFileSync(file, lines(0, 10));
    for (const source of ['one', 'two', 'one']) await importNdjson(request({ source }));
    expect(server.activities.size).toBe(20);
  });

  it('tells the number, code and detail of lines that are refused, counts them all and takes the others', async () => {
    server.refuses = ({ data }) =>
      (data as unknown as { n: number }).n % 2 ? { code: 'odd', detail: 'no' } : undefined;
    writeFileSync(file, `\n${lines(0, 60)}nonsense\n`);
    const { lines: counts, refusals, refusedLines } = await importNdjson(request());
    expect(counts).toMatchObject({ accepted: 30, refused: 31 });
    expect(refusals).toMatchObject([
      { code: 'odd', count: 30 },
      { code: 'invalid', count: 1, examples: [{ what: 'line 62' }] },
    ]);
    expect(refusedLines).toHaveLength(20);
    expect(refusedLines.slice(0, 2)).toEqual([3, 5].map((number) => ({ number, code: 'odd', detail: 'no' })));
  });

  it('is nothing where there are no lines', async () => {
    writeFileSync(file, '\n \r\n\n');
    expect((await importNdjson(request())).lines).toEqual({ accepted: 0, refused: 0, named: 0 });
    expect(server.received).toEqual([]);
  });

  it('reads a stream no faster than the service takes it', async () => {
    let made = 0;
    let ahead = 0;
    const chunk = Buffer.from(lines(0, 1_000));
    const source = async function* () {
      for (; made < 80_000; made += 1_000) yield chunk;
    };
    server.before = () => {
      ahead = Math.max(ahead, made - server.activities.size);
      return undefined;
    };
    const summary = await importNdjson(request({ input: Readable.from(source(), { highWaterMark: 1 }) }));
    expect(summary.lines.accepted).toBe(80_000);
    expect(server.activities.size).toBe(80_000);
    expect(ahead).toBeLessThan(45_000);
  });

  it.each([
    ['/nowhere/lines.ndjson', 'There is no file /nowhere/lines.ndjson.'],
    [tmpdir(), `${tmpdir()} is a folder; one file is imported at a time.`],
  ])('says in one sentence why it cannot read %s', async (input, said) => {
    await expect(importNdjson(request({ input }))).rejects.toThrow(said);
  });

  it('says in one sentence that there is no service', async () => {
    writeFileSync(file, lines(0, 5));
    const service = { url: 'http://127.0.0.1:9', environment: 'demo', token: async () => '' };
    await expect(importNdjson(request({ service }))).rejects.toThrow(
      /^The service at \S+ does not answer \(.*\)\. Is it running\?$/,
    );
  });
});

describe('an import that was interrupted', () => {
  const REFUSED = problem(403, 'missing-scope', 'This call needs the scope activities:write.');

  let remarks: string[];
  const onRemark = (remark: string) => void remarks.push(remark);
  beforeEach(() => void (remarks = []));

  /** Takes the batches of the first lines, and then no more. */
  async function interrupt(): Promise<number> {
    server.before = ({ path }) => (/activities/.test(path) && server.activities.size >= 8_000 ? REFUSED : undefined);
    await expect(importNdjson(request())).rejects.toThrow(
      /All up to line \d+ has been answered; .* goes on from there/,
    );
    server.before = () => undefined;
    const before = sent();
    server.received.length = 0;
    return before;
  }

  it('goes on behind what was answered, and everything counts once', async () => {
    writeFileSync(file, `${lines(0, 30)}nonsense\n${lines(30, 40_000)}`);
    await interrupt();
    const summary = await importNdjson(request({ onRemark }));
    expect(summary.lines).toEqual({ accepted: 40_000, refused: 1, named: 40_000 });
    expect(summary.resumedAfter).toBeGreaterThanOrEqual(2_000);
    expect(remarks).toEqual([expect.stringContaining(`Goes on behind line ${summary.resumedAfter},`)]);
    expect(sent()).toBe(40_001 - summary.resumedAfter);
    expect(server.activities.size).toBe(40_000);
    expect(existsSync(place)).toBe(false);
  });

  it('goes on also where the file has grown', async () => {
    writeFileSync(file, lines(0, 40_000));
    await interrupt();
    appendFileSync(file, lines(40_000, 40_010));
    expect((await importNdjson(request())).resumedAfter).toBeGreaterThan(0);
    expect(server.activities.size).toBe(40_010);
  });

  it.each([
    ['was changed before that place', () => writeFileSync(file, `${line(7)}\n${lines(1, 40_000)}`), 40_001],
    ['is shorter than that', () => writeFileSync(file, lines(0, 100)), undefined],
    ['is begun anew because that is asked for', () => undefined, 40_000],
  ])('sends all lines of a file that %s', async (what, change, activities) => {
    writeFileSync(file, lines(0, 40_000));
    await interrupt();
    change();
    const { resumedAfter, lines: counts } = await importNdjson(request({ restart: /anew/.test(what), onRemark }));
    expect(resumedAfter).toBe(0);
    expect(sent()).toBe(counts.accepted);
    expect(remarks).toHaveLength(/anew/.test(what) ? 0 : 1);
    if (activities !== undefined) expect(server.activities.size).toBe(activities);
  });

  it('begins anew where what was noted cannot be read', async () => {
    writeFileSync(file, lines(0, 40_000));
    await interrupt();
    writeFileSync(place, '{"place":');
    expect((await importNdjson(request())).resumedAfter).toBe(0);
    expect(server.activities.size).toBe(40_000);
  });

  it('ends when what is on its way was answered, and says what is in', async () => {
    writeFileSync(file, lines(0, 60_000));
    const interruption = new AbortController();
    const onProgress = () => interruption.abort();
    const { signal } = interruption;
    await expect(importNdjson(request({ onProgress, signal }))).rejects.toThrow(
      /^Interrupted\. All up to line \d+ has/,
    );
    expect(server.activities.size).toBeLessThan(60_000);
    await importNdjson(request());
    expect(server.activities.size).toBe(60_000);
  });

  it('says that it could not note its place, and imports all the same', async () => {
    writeFileSync(file, lines(0, 10));
    writeFileSync(join(folder, 'state'), 'no folder');
    const { lines: counts } = await importNdjson(request({ onRemark }));
    expect(counts.accepted).toBe(10);
    expect(remarks).toEqual([expect.stringMatching(/^How far it is cannot be noted \(.*state.*\)/)]);
  });
});

describe('a service that cannot keep up', () => {
  it('is given the time that it asks for, and gets everything once though answers are lost', async () => {
    writeFileSync(file, lines(0, 20_000));
    mkdirSync(join(folder, 'state'));
    const busy = { ...problem(429, 'overloaded', 'history waits'), headers: { 'retry-after': '1' } };
    server.before = firstOf(/activities/, busy, problem(503, 'unavailable', 'wait'));
    let answered = 0;
    server.after = (_, reply) => (answered++ % 4 === 1 ? { ...reply, lost: true } : reply);
    const { lines: counts } = await importNdjson(request());
    expect(counts).toMatchObject({ accepted: 20_000, refused: 0 });
    expect(server.activities.size).toBe(20_000);
    expect(sent()).toBeGreaterThan(20_000);
  });
});
