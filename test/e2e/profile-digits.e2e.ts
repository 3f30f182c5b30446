import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Postgres } from '#platform';
import { readAllViews } from '../support/all-views.js';
import { eventually } from '../support/eventually.js';
import { type Service, startService } from '../support/service.js';
import { dropViews } from '../support/views.js';

const NUMBERS =
  '{"id":1524831183200260097,"small":1e-400,"large":1E999,"one":1.0,"zero":-0,"list":[1.50,{"b":0.10e+1}]}';
const NAMES = '{"__proto__":{"__proto__":[{"__proto__":1.0}]},"constructor":{"prototype":2.00},"":{"toString":null}}';
const TEXTS = String.raw`{"red":"\u001b[31m","page":"\f","c1":"\u0092","del":"\u007f","mark":"\ufeff\u202e"}`;
const PROFILE = `{"numbers":${NUMBERS},"names":${NAMES},"texts":${JSON.stringify(JSON.parse(TEXTS))}}`;
const jane = (profile: string, name = 'jane') =>
  `{"username":"${name}","email":"${name}@example.com","profile":${profile}}`;

interface TextAnswer {
  readonly status: number;
  readonly etag: string | null;
  readonly text: string;
}

describe('a profile', () => {
  let service: Service;
  let postgres: Postgres;

  beforeAll(async () => {
    service = await startService();
    postgres = new Postgres(service.config.databaseUrl, service.namespace);
  });
  afterAll(async () => {
    await postgres?.close();
    await service?.stop();
  });

  /** A client that sends and gets texts: a parser would round what this is about. */
  async function clientOf(environment: string, at = service) {
    const authorization = `Bearer ${await at.token({ environments: [environment] })}`;
    return async (method: string, path: string, body?: string, headers = {}): Promise<TextAnswer> => {
      const type = body !== undefined && { 'content-type': 'application/json' };
      const sent: Record<string, string> = { authorization, 'environment-id': environment, ...type, ...headers };
      const answer = await fetch(at.url + path, { method, body, headers: sent });
      return { status: answer.status, etag: answer.headers.get('etag'), text: await answer.text() };
    };
  }
  const profileIn = ({ text }: TextAnswer) => /"profile":(\{.*\}),"createdOn"/.exec(text)?.[1];
  const inV2 = ({ text }: TextAnswer) =>
    /"profile":(\{.*?),"firstName":"[^"]*","lastName":"","email":"[^"]*"\}/.exec(text)?.[1];

  it('comes back as it was sent, in every answer that shows it', async () => {
    const client = await clientOf('given');
    const made = await client('POST', '/api/v3/users', jane(PROFILE));
    expect(made.status).toBe(201);
    const objectId = /"objectId":"(\w+)"/.exec(made.text)![1];
    const shown = [made, await client('GET', '/api/v3/users/1'), await client('PUT', '/api/v3/users/1', jane(PROFILE))];
    expect(shown.map(profileIn)).toEqual([PROFILE, PROFILE, PROFILE]);
    const v2 = [await client('GET', `/api/v2/users/${objectId}`), await client('GET', '/api/v2/users')];
    expect(v2.map(inV2)).toEqual([PROFILE.slice(0, -1), PROFILE.slice(0, -1)]);
  });

  it('keeps to the digit what a change of something else does not touch', async () => {
    const client = await clientOf('touched');
    await client('POST', '/api/v3/users', jane(PROFILE));
    expect(profileIn(await client('PATCH', '/api/v3/users/1', '{"firstName":"Jane"}'))).toBe(PROFILE);
    const patch = '{"profile":{"texts":null,"names":{"constructor":{"more":1.10}},"numbers":{"id":null,"one":1.00}}}';
    const answer = await client('PATCH', '/api/v3/users/1', patch);
    const numbers = NUMBERS.replace('"id":1524831183200260097,', '').replace('"one":1.0,', '"one":1.00,');
    const changed = `{"numbers":${numbers},"names":${NAMES.replace('2.00}', '2.00,"more":1.10}')}}`;
    expect(profileIn(answer)).toBe(changed);
    expect(profileIn(await client('GET', '/api/v3/users/1'))).toBe(changed);
  });

  it('of a batch is kept like any other', async () => {
    const client = await clientOf('batch');
    const array = `[${jane(PROFILE, 'a')},${jane('{"n":1.0}', 'b')}]`;
    const lines = `${jane(PROFILE, 'c')}\n${jane('{"n":2}', 'd')}\n`;
    const ndjson = { 'content-type': 'application/x-ndjson' };
    expect((await client('POST', '/api/v3/users/batch', array)).text).toBe('{"created":2,"rejected":[]}');
    expect((await client('POST', '/api/v3/users/batch', lines, ndjson)).text).toBe('{"created":2,"rejected":[]}');
    const shown = [1, 2, 3, 4].map((id) => client('GET', `/api/v3/users/${id}`));
    expect((await Promise.all(shown)).map(profileIn)).toEqual([PROFILE, '{"n":1.0}', PROFILE, '{"n":2}']);
  });

  it('is answered to the digit again, under its key and its command, and another digit is another body', async () => {
    const client = await clientOf('again');
    const key = { 'idempotency-key': 'k' };
    const first = await client('POST', '/api/v3/users', jane('{"n":1524831183200260097}'), key);
    expect(await client('POST', '/api/v3/users', jane('{"n":1524831183200260097}'), key)).toEqual(first);
    for (const other of ['1524831183200260098', '1524831183200260097.0', '1524831183200260096']) {
      const reused = await client('POST', '/api/v3/users', jane(`{"n":${other}}`), key);
      expect(reused).toMatchObject({ status: 422, text: expect.stringMatching(/idempotency-key-reused/) });
    }
    const { rows } = await postgres.query<{ command_id: string }>(
      `SELECT command_id FROM outcomes WHERE environment = 'again' AND verdict::text LIKE '%create%'`,
    );
    expect(await client('GET', `/api/v3/commands/${rows[0]!.command_id}`)).toEqual(first);
  });

  it('of a batch is another body where a digit is another', async () => {
    const client = await clientOf('batch-again');
    const key = { 'idempotency-key': 'k' };
    const send = (number: string) => client('POST', '/api/v3/users/batch', `[${jane(`{"n":${number}}`)}]`, key);
    const first = await send('1524831183200260097');
    expect(first.text).toBe('{"created":1,"rejected":[]}');
    expect(await send('1524831183200260097')).toEqual(first);
    expect((await send('1524831183200260098')).status).toBe(422);
  });

  it('has changed where a digit has, and only there', async () => {
    const client = await clientOf('changed');
    const patch = async (number: string) =>
      (await client('PATCH', '/api/v3/users/1', `{"profile":{"n":${number}}}`)).etag;
    await client('POST', '/api/v3/users', jane('{"n":1524831183200260097}'));
    expect(await patch('1524831183200260097')).toBe('"1"');
    expect(await patch('1524831183200260098')).toBe('"2"');
    expect(await patch('1524831183200260098')).toBe('"2"');
    expect(await patch('1.0')).toBe('"3"');
    expect(await patch('1')).toBe('"4"');
    expect((await client('PUT', '/api/v3/users/1', jane('{"n":1}'))).etag).toBe('"4"');
    expect((await client('PUT', '/api/v3/users/1', jane('{"n":1e0}'))).etag).toBe('"5"');
  });

  it('takes names that prototypes have for fields at any level, and nobody else has them then', async () => {
    const client = await clientOf('names');
    await client('POST', '/api/v3/users', jane('{"a":{}}'));
    const patch = async (profile: string) =>
      profileIn(await client('PATCH', '/api/v3/users/1', `{"profile":${profile}}`));
    const set =
      '{"__proto__":{"polluted":1},"a":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}';
    expect(JSON.parse((await patch(set))!)).toEqual(JSON.parse(set));
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect(await patch('{"__proto__":{"more":-0},"a":{"__proto__":null,"constructor":null}}')).toBe(
      '{"a":{},"__proto__":{"polluted":1,"more":-0}}',
    );
    expect(await patch('{"__proto__":null}')).toBe('{"a":{}}');
  });

  it.each([
    String.raw`{"a":"\u0000"}`,
    String.raw`{"a\u0000":1}`,
    String.raw`{"a":["\ud800"]}`,
    `${'{"a":'.repeat(101)}1${'}'.repeat(101)}`,
    `{"a":1.${'0'.repeat(16 * 1024)}}`,
  ])('that could not be given back is refused: %#', async (profile) => {
    const client = await clientOf('refused');
    const refused = { status: 422, text: expect.stringMatching(/"pointer":"\/profile"/) };
    expect(await client('POST', '/api/v3/users', jane(profile))).toMatchObject(refused);
    expect(await client('PATCH', '/api/v3/users/1', `{"profile":${profile}}`)).toMatchObject(refused);
  });

  it('is at most 16 KiB with all digits that it has, also when it is merged', async () => {
    const client = await clientOf('sizes');
    const digits = (count: number) => `1${'0'.repeat(count - 1)}.0`;
    await client('POST', '/api/v3/users', jane(`{"a":${digits(8_000)}}`));
    const patch = (count: number) => client('PATCH', '/api/v3/users/1', `{"profile":{"b":${digits(count)}}}`);
    const room = 16 * 1024 - '{"a":,"b":}'.length - digits(8_000).length - '.0'.length;
    expect((await patch(room + 1)).status).toBe(422);
    expect((await patch(room)).status).toBe(200);
  });

  it('is 100 levels deep at most and comes back so', async () => {
    const client = await clientOf('deep');
    const deep = `${'{"a":'.repeat(100)}1.0${'}'.repeat(100)}`;
    expect(profileIn(await client('POST', '/api/v3/users', jane(deep)))).toBe(deep);
    const patched = deep.replace('1.0', '1.0,"b":-0');
    expect(profileIn(await client('PATCH', '/api/v3/users/1', `{"profile":${patched}}`))).toBe(patched);
  });

  it('comes back from the log as it was', async () => {
    const before = await readAllViews(postgres, service.namespace);
    await service.stopProjector();
    await dropViews(postgres, service.namespace);
    const rebuilt = await startService({ namespace: service.namespace.name, owner: false });
    try {
      await eventually(async () => {
        expect(await readAllViews(postgres, service.namespace)).toEqual(before);
      });
      const client = await clientOf('given', rebuilt);
      expect(profileIn(await client('GET', '/api/v3/users/1'))).toBe(PROFILE);
    } finally {
      await rebuilt.stop();
    }
  });
});
