import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { Launch } from '../support/launch.js';
import { type Client, type Service, startService } from '../support/service.js';

/** A request that is refused, or whose answer breaks off behind its headers. */
type Fault = 401 | 429 | 503 | 'cut';

const blocks = readFileSync('docs/how-to/follow-activities.md', 'utf8').matchAll(/^```sh\n([^]*?)^```/gm);
const loop = [...blocks].map(([, block]) => block!).find((block) => block.includes('while true'))!;

describe('the loop that follows activities in a shell', () => {
  const folder = mkdtempSync(join(tmpdir(), 'follow-'));
  const asked: string[] = [];
  let faults: Fault[] = [503, 'cut', 401];
  let service: Service;
  let client: Client;
  let front: Server;
  let launch: Launch | undefined;

  beforeAll(async () => {
    service = await startService();
    client = await service.client();
    await client('POST', '/api/v3/users', { username: 'jane', email: 'jane@example.com' });
    front = createServer((request, response) => {
      asked.push(request.url!);
      const fault = faults.shift();
      if (typeof fault === 'number') return response.writeHead(fault).end();
      if (fault === 'cut') {
        response.writeHead(200, { 'tidemark-position': 'of-a-lost-answer', 'content-length': 99 });
        return response.write('[', () => response.destroy());
      }
      const { authorization } = request.headers as { authorization: string };
      void (async () => {
        const answer = await fetch(service.url + request.url!, { headers: { authorization } });
        const position = answer.headers.get('tidemark-position');
        response.writeHead(answer.status, { ...(position && { 'tidemark-position': position }) });
        response.end(await answer.text());
      })().catch(() => response.destroy());
    }).listen(0, '127.0.0.1');
    await once(front, 'listening');
  });
  afterAll(async () => {
    launch?.kill();
    front.closeAllConnections();
    front.close();
    await service.stop();
    rmSync(folder, { recursive: true });
  });

  const send = (type: string) => client('POST', '/api/v3/activities', [{ userId: 1, type }]);
  const times = (text: string) => launch!.said.split(text).length - 1;

  it('pauses where it is refused or cut off, and misses nothing', async () => {
    const url = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
    const env = { PATH: process.env.PATH, URL: url, TOKEN: await service.token() };
    const script = `sleep() { echo "a pause of $1 s"; }\n${loop}`;
    launch = new Launch(spawn('sh', ['-c', script], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] }));
    // Refused as often as it was told to, it has a position and waits behind it.
    await eventually(() => expect(asked.at(-1)).toMatch(/wait=20s&after=./));
    faults = [503, 429, 'cut', 401];
    await send('step:one');
    await eventually(() => expect(faults).toEqual([]));
    await send('step:two');
    await eventually(() => expect([times('step:one'), times('step:two')]).toEqual([1, 1]));
    expect(times('a pause of 2 s')).toBe(7);
    expect(asked.filter((url) => /after=($|of-a-lost-answer)/.test(url))).toEqual([]);
  });
});
