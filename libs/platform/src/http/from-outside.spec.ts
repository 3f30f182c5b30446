import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { rawRequest } from '../../test/raw.js';
import { serveThings, tokenOf } from '../../test/things.js';
import { type TrustProxy } from './trusted-proxies.js';

type Settings = { trustProxy?: TrustProxy; publicUrl?: string; allowedHosts?: string[] };

describe('behind a proxy', () => {
  const apps: NestFastifyApplication[] = [];
  const logged: string[] = [];
  const ports: Record<string, number> = {};
  let token: string;

  const settings: Record<string, Settings> = {
    trusted: { trustProxy: ['127.0.0.1', '10.0.0.0/8'] },
    counted: { trustProxy: 1 },
    elsewhere: { trustProxy: ['10.0.0.0/8'] },
    untrusted: {},
    named: { trustProxy: ['127.0.0.1'], allowedHosts: ['tidemark.example'] },
    addressed: { trustProxy: ['127.0.0.1'], publicUrl: 'https://tidemark.example/v' },
  };
  beforeAll(async () => {
    token = await tokenOf('users:read');
    for (const [name, one] of Object.entries(settings)) {
      const { app, port } = await serveThings(one, (line) => logged.push(line));
      apps.push(app);
      ports[name] = port;
    }
  });
  afterAll(async () => {
    for (const app of apps) await app.close();
  });

  const ask = (at: string, method: string, lines: string[], host = 'inside:3000') =>
    rawRequest(
      ports[at]!,
      `${method} /api/v3/things HTTP/1.1`,
      `Host: ${host}`,
      `Authorization: Bearer ${token}`,
      ...lines,
    );
  const linksOf = async (at: string, lines: string[], host?: string) => {
    const listed = await ask(at, 'GET', lines, host);
    const { next } = JSON.parse(listed.body) as { next?: string };
    const made = await ask(at, 'POST', lines, host);
    return {
      next: next?.replace('/api/v3/things?page=2', ''),
      location: made.headers.location?.replace('/api/v3/things/1', ''),
    };
  };

  it.each([
    [['X-Forwarded-Proto: https'], 'https://inside:3000'],
    [['X-Forwarded-Proto: HTTPS', 'X-Forwarded-Host: Tidemark.Example'], 'https://tidemark.example'],
    [['X-Forwarded-Host: tidemark.example', 'X-Forwarded-Port: 8080'], 'http://tidemark.example:8080'],
    [['X-Forwarded-Proto: https', 'X-Forwarded-Host: a.example', 'X-Forwarded-Port: 443'], 'https://a.example'],
    [
      ['X-Forwarded-Proto: https', 'X-Forwarded-Host: a.example:9443', 'X-Forwarded-Port: 443'],
      'https://a.example:9443',
    ],
    [['X-Forwarded-Prefix: /tide/mark/'], 'http://inside:3000/tide/mark'],
    [['X-Forwarded-Host: [2001:db8::1]', 'X-Forwarded-Port: 81'], 'http://[2001:db8::1]:81'],
    [['X-Forwarded-Proto:', 'X-Forwarded-Host: a.example'], 'http://a.example'],
    [['Forwarded: for=192.0.2.1;proto=https;host=tidemark.example'], 'https://tidemark.example'],
    [['Forwarded: host="a.example:8443";proto="https"'], 'https://a.example:8443'],
    [['Forwarded: proto=https;host=a.example', 'X-Forwarded-Prefix: /t'], 'https://a.example/t'],
    [
      ['Forwarded: proto=https;host=a.example', 'X-Forwarded-Proto: https', 'X-Forwarded-Host: a.example'],
      'https://a.example',
    ],
    [['Forwarded: for=192.0.2.1', 'X-Forwarded-Host: a.example'], 'http://a.example'],
  ])('links begin as a trusted proxy says: %j', async (lines, base) => {
    expect(await linksOf('trusted', lines)).toEqual({ next: base, location: base });
  });

  it.each([
    [['X-Forwarded-For: 192.0.2.1'], { next: 'http://inside:3000', location: '' }],
    [['Forwarded: for=192.0.2.1;by=10.0.0.1'], { next: 'http://inside:3000', location: '' }],
  ])('links begin as the request did where a proxy says nothing of that: %j', async (lines, links) => {
    expect(await linksOf('trusted', lines)).toEqual(links);
  });

  describe('of several', () => {
    it.each([
      // The nearest one alone is trusted: what stands before its words is the client's invention.
      [
        ['X-Forwarded-For: 10.0.0.9, 192.0.2.1', 'X-Forwarded-Host: evil, real', 'X-Forwarded-Proto: http, https'],
        'https://real',
      ],
      [['Forwarded: for=10.0.0.9;host=evil, for=192.0.2.1;host=real'], 'http://real'],
      [['X-Forwarded-Prefix: /evil, /real', 'X-Forwarded-For: 192.0.2.1'], 'http://inside:3000/real'],
      // Two are trusted: the outer one met the request as it was sent.
      [['X-Forwarded-For: 192.0.2.1, 10.0.0.9', 'X-Forwarded-Host: evil, real, inner'], 'http://real'],
      [
        ['X-Forwarded-For: 192.0.2.1, 10.0.0.9:4711', 'X-Forwarded-Prefix: /outer, /inner'],
        'http://inside:3000/outer/inner',
      ],
      [
        [
          'Forwarded: for=1.1.1.1;host=evil, for=192.0.2.1;host=real;proto=https, for="10.0.0.9:81";host=inner;proto=http',
        ],
        'https://real',
      ],
      [['Forwarded: for=192.0.2.1, for=10.0.0.9;host=inner'], 'http://inner'],
      [['Forwarded: for=10.0.0.1;host=real, for=10.0.0.9;host=inner'], 'http://real'],
      // Who hides is not trusted.
      [['Forwarded: for=192.0.2.1;host=evil, for=_hidden;host=real'], 'http://real'],
    ])('the farthest that is trusted is believed: %j', async (lines, base) => {
      expect((await linksOf('trusted', lines)).next).toBe(base);
    });

    it('as many as are counted', async () => {
      const lines = ['X-Forwarded-For: 10.0.0.9, 10.0.0.1', 'X-Forwarded-Host: evil, real'];
      expect((await linksOf('counted', lines)).next).toBe('http://real');
    });
  });

  const hostile = [
    'Forwarded: for=192.0.2.1;proto=https;host=evil.example',
    'X-Forwarded-Proto: https',
    'X-Forwarded-Host: evil.example',
    'X-Forwarded-Port: 81',
    'X-Forwarded-Prefix: /evil',
    'X-Forwarded-For: 192.0.2.1',
  ];

  it.each(['untrusted', 'elsewhere'])('nobody else is believed: %s', async (at) => {
    expect(await linksOf(at, hostile)).toEqual({ next: 'http://inside:3000', location: '' });
    for (const line of ['Forwarded: "', 'X-Forwarded-Host: a b', 'X-Forwarded-Prefix: //evil']) {
      expect((await ask(at, 'GET', [line])).status).toBe(200);
    }
  });

  it('the public address goes before what any proxy says', async () => {
    const base = 'https://tidemark.example/v';
    expect(await linksOf('addressed', hostile.slice(1))).toEqual({ next: base, location: base });
  });

  it.each([
    ['Forwarded', 'Forwarded: for="'],
    ['Forwarded', 'Forwarded: host="a b"'],
    ['Forwarded', 'Forwarded: proto=gopher'],
    ['X-Forwarded-Proto', 'X-Forwarded-Proto: javascript'],
    ['X-Forwarded-Host', 'X-Forwarded-Host: a/b'],
    ['X-Forwarded-Host', 'X-Forwarded-Host: a@b'],
    ['X-Forwarded-Port', 'X-Forwarded-Port: 99999'],
    ['X-Forwarded-Port', 'X-Forwarded-Port: 0'],
    ['X-Forwarded-Prefix', 'X-Forwarded-Prefix: //evil.example'],
    ['X-Forwarded-Prefix', 'X-Forwarded-Prefix: https://evil.example'],
    ['X-Forwarded-Prefix', 'X-Forwarded-Prefix: /a/../b'],
    ['X-Forwarded-Prefix', 'X-Forwarded-Prefix: /a?b'],
    ['X-Forwarded-Prefix', 'X-Forwarded-Prefix: /"><script>'],
  ])('what cannot be is refused by its name: %s', async (parameter, line) => {
    const { status, body } = await ask('trusted', 'GET', [line]);
    expect(status).toBe(400);
    expect(JSON.parse(body)).toMatchObject({ type: '/problems/invalid-request', errors: [{ parameter }] });
  });

  it.each([
    [['X-Forwarded-Proto: https', 'Forwarded: host=evil.example']],
    [['X-Forwarded-Host: evil.example', 'Forwarded: proto=https;host=real.example']],
  ])(
    'two kinds of headers that tell of two addresses are refused, since a client can add one of them: %j',
    async (lines) => {
      const { status, body } = await ask('trusted', 'GET', lines);
      expect([status, body]).toEqual([400, expect.stringContaining('another address')]);
    },
  );

  it('the host that a trusted proxy was asked for is the one that has to be allowed', async () => {
    const status = async (lines: string[], host?: string) => (await ask('named', 'GET', lines, host)).status;
    expect(await status(['X-Forwarded-Host: tidemark.example'])).toBe(200);
    expect(await status(['Forwarded: host="Tidemark.Example:8443"'])).toBe(200);
    expect(await status(['X-Forwarded-Host: evil.example'], 'tidemark.example')).toBe(400);
    expect(await status([], 'tidemark.example')).toBe(200);
    expect(await status([])).toBe(400);
  });

  it.each([
    ['trusted', ['X-Forwarded-For: 203.0.113.9, 192.0.2.1'], '192.0.2.1'],
    ['trusted', ['X-Forwarded-For: 192.0.2.1:4711, 10.0.0.3'], '192.0.2.1'],
    ['trusted', ['X-Forwarded-For: 2001:db8::1'], '2001:db8::1'],
    ['trusted', ['Forwarded: for="[2001:db8::1]:4711"'], '2001:db8::1'],
    ['trusted', ['Forwarded: for=unknown'], '127.0.0.1'],
    ['trusted', ['X-Forwarded-For: 192.0.2.1', 'Forwarded: for=192.0.2.2'], '127.0.0.1'],
    ['untrusted', ['X-Forwarded-For: 192.0.2.1'], '127.0.0.1'],
  ])('the trace of who was refused names the client: %s %j', async (at, lines, address) => {
    const before = logged.length;
    await rawRequest(ports[at]!, 'GET /api/v3/things HTTP/1.1', 'Host: x', 'Authorization: Bearer x.y.z', ...lines);
    expect(JSON.parse(logged[before]!)).toMatchObject({ reason: 'bad-token', address });
  });
});
