import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { constants, createGunzip, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { root } from '../../launcher/paths.ts';
import { choosePorts } from '../../launcher/ports.ts';
import { type Nginx, startNginx } from '../support/nginx.js';
import { INSTALLED_WITHIN_MS } from '../support/programs.js';
import { type Client, type Service, startService } from '../support/service.js';

const snippet = readFileSync(join(root, 'deploy', 'nginx.conf'), 'utf8');

/** The same by the standard's header, with a path that nginx does not set for itself. */
const standard = (port: string) => `
location /standard/ {
  proxy_pass http://127.0.0.1:${port}/;
  proxy_set_header Forwarded 'for="$remote_addr";host="$http_host";proto=$scheme';
  proxy_set_header X-Forwarded-Prefix /standard;
}`;

/** Says nothing of how a request began. */
const silent = (port: string) => `
location /named/ {
  proxy_pass http://127.0.0.1:${port}/;
}`;

describe('behind nginx, with TLS, on another port and under a path of its own', () => {
  let service: Service;
  let named: Service;
  let nginx: Nginx;
  let origin: string;
  let direct: Client;
  let authorization: string;

  beforeAll(async () => {
    const { nginx: port } = await choosePorts(['nginx'], {});
    origin = `https://127.0.0.1:${port}`;
    service = await startService({ interfaceOf: { trustProxy: ['127.0.0.1'] } });
    const instance = { namespace: service.namespace.name, projector: false, owner: false };
    named = await startService({ ...instance, interfaceOf: { publicUrl: `${origin}/named` } });
    const [at, namedAt] = [service, named].map(({ url }) => new URL(url).port) as [string, string];
    nginx = await startNginx(port, snippet.replace(':3000/', `:${at}/`) + standard(at) + silent(namedAt));
    direct = await service.client();
    authorization = `Bearer ${await service.token()}`;
    for (const username of ['ann', 'bob', 'cid']) {
      await direct('POST', '/api/v3/users', { username, email: `${username}@example.com` });
    }
    const some = Array.from({ length: 5 }, (_, index) => ({ userId: 1, type: 'step', id: `a${index}` }));
    await direct('POST', '/api/v3/activities', some);
  }, INSTALLED_WITHIN_MS);
  afterAll(async () => {
    await nginx?.stop();
    await named?.stop();
    await service?.stop();
  });

  const get = async (url: string, headers = {}) => {
    const answer = await nginx.ask('GET', url, { authorization, ...headers });
    return { status: answer.statusCode, headers: answer.headers, body: JSON.parse(await text(answer)) };
  };

  describe.each(['/tidemark', '/standard', '/named'])('%s', (prefix) => {
    it('leads from page to page by links that begin as the first request did', async () => {
      const seen: number[] = [];
      for (let url: string | null = `${origin}${prefix}/api/v3/users?page_size=1`; url !== null;) {
        const { status, body } = await get(url);
        expect(status).toBe(200);
        seen.push(body.results[0].id);
        url = body.next;
        for (const link of [body.next, body.previous].filter(Boolean)) expect(link).toMatch(`${origin}${prefix}/api/`);
      }
      expect(seen).toEqual([1, 2, 3]);
    });

    it('leads through a feed by the header Link', async () => {
      const seen: string[] = [];
      for (let url: string | undefined = `${origin}${prefix}/api/v3/users/1/activities?limit=2`; url;) {
        const { body, headers } = await get(url);
        seen.push(...body.map(({ id }: { id: string }) => id));
        url = /^<([^>]+)>; rel="next"$/.exec(String(headers.link ?? ''))?.[1];
      }
      expect(seen.toSorted()).toEqual(['a0', 'a1', 'a2', 'a3', 'a4']);
    });

    it('leads to what was made by Location', async () => {
      const body = JSON.stringify({ name: `of ${prefix}` });
      const headers = { authorization, 'content-type': 'application/json' };
      const answer = await nginx.ask('POST', `${origin}${prefix}/api/v3/workspaces`, headers, body);
      const { headers: made } = answer.resume();
      expect(made.location).toMatch(`${origin}${prefix}/api/v3/workspaces/`);
      expect((await get(made.location!)).body).toMatchObject({ name: `of ${prefix}` });
    });
  });

  it.each(['problems', 'docs'])('%s leads to pages under the same path', async (path) => {
    const at = `${origin}/tidemark/${path}`;
    const page = await text(await nginx.ask('GET', at));
    const links = [...page.matchAll(/(?:href|src)="([^"#]+)"/g)].map(([, link]) => new URL(link!, at).href);
    expect(links.length).toBeGreaterThan(2);
    for (const link of links) {
      expect(link).toMatch(`${origin}/tidemark/`);
      const answer = await nginx.ask('GET', link);
      expect(answer.statusCode).toBe(200);
      answer.destroy();
    }
  });

  it('the description of the interface says where it is', async () => {
    const { body } = await get(`${origin}/tidemark/docs-json`);
    expect(body.servers).toMatchObject([{ url: `${origin}/tidemark` }]);
  });

  it.each(['gzip', 'identity'])('an activity is passed on as it happens: %s', async (coding) => {
    const url = `${origin}/tidemark/api/v3/users/2/stream`;
    const stream = await nginx.ask('GET', url, { authorization, 'accept-encoding': coding });
    expect(stream.statusCode).toBe(200);
    const seen = until(stream, new RegExp(`"id":"live-${coding}"`));
    await direct('POST', '/api/v3/activities', { userId: 2, type: 'step', id: `live-${coding}` });
    await seen;
    stream.destroy();
  });

  it('what is packed comes through, one way and the other', async () => {
    const lines = [1, 2, 3].map((n) => JSON.stringify({ userId: 3, type: 'step', id: `packed-${n}` })).join('\n');
    const headers = { authorization, 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' };
    const sent = await nginx.ask('POST', `${origin}/tidemark/api/v3/activities`, headers, gzipSync(lines));
    expect([sent.statusCode, JSON.parse(await text(sent))]).toEqual([202, { accepted: 3, rejected: [] }]);
    const users = `${origin}/tidemark/api/v3/users`;
    const answer = await nginx.ask('GET', users, { authorization, 'accept-encoding': 'gzip' });
    expect(answer.headers['content-encoding']).toBe('gzip');
    expect(JSON.parse(gunzipSync(await buffer(answer)).toString())).toMatchObject({ count: 3 });
  });

  it('nobody gets links to elsewhere by what they say of themselves', async () => {
    const users = `${origin}/tidemark/api/v3/users?page_size=1`;
    const words = { 'x-forwarded-host': 'evil.example', 'x-forwarded-prefix': '/evil', 'x-forwarded-port': '81' };
    const said = await get(users, { ...words, forwarded: 'host=evil.example', 'x-forwarded-for': '127.0.0.1' });
    expect(said.body.next).toMatch(`${origin}/tidemark/api/`);
    const { body } = await direct('GET', '/api/v3/users?page_size=1');
    expect(body.next).toMatch(`${service.url}/api/`);
  });

  it('is set up as the documentation says', () => {
    expect(readFileSync(join(root, 'docs/how-to/run-behind-a-proxy.md'), 'utf8').includes(snippet)).toBe(true);
  });
});

/** Resolves when a stream, packed or not, has said so. */
async function until(stream: IncomingMessage, pattern: RegExp): Promise<void> {
  const packed = stream.headers['content-encoding'] === 'gzip';
  // A decoder that is fed in pieces gives out what it has after each.
  const words = packed ? stream.pipe(createGunzip({ flush: constants.Z_SYNC_FLUSH })) : stream;
  let said = '';
  while (!pattern.test(said)) {
    const [chunk] = (await once(words, 'data')) as [Buffer];
    said += chunk.toString();
  }
}
