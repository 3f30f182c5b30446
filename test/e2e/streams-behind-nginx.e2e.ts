import { readFileSync } from 'node:fs';
import { type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { root } from '../../launcher/paths.ts';
import { choosePorts } from '../../launcher/ports.ts';
import { type AppProcess, spawnApp } from '../support/app-process.js';
import { eventually } from '../support/eventually.js';
import { type Nginx, startNginx } from '../support/nginx.js';
import { INSTALLED_WITHIN_MS } from '../support/programs.js';
import { type Client, type Service, startService } from '../support/service.js';

const snippet = readFileSync(join(root, 'deploy', 'nginx-streams.conf'), 'utf8');
const [upstream = ''] = /^upstream [^]*?^}/m.exec(snippet) ?? [];
const [location = ''] = /^location [^]*?^}/m.exec(snippet) ?? [];

describe('several instances of the stream behind nginx', () => {
  /** It takes one stream at a time. */
  let full: AppProcess;
  let other: AppProcess;
  let service: Service;
  let nginx: Nginx;
  let url: string;
  let direct: Client;

  beforeAll(async () => {
    const { port, first, second } = await choosePorts(['port', 'first', 'second'], {});
    url = `https://127.0.0.1:${port}/tidemark/api/v3/users/1/stream`;
    service = await startService();
    const room = { STREAM_MAX_OPEN: '1', STREAM_MAX_OPEN_PER_ENVIRONMENT: '2' };
    full = await spawnApp('stream', service, { PORT: `${first}`, ...room });
    other = await spawnApp('stream', service, { PORT: `${second}` });
    nginx = await startNginx(port, location, upstream.replace('3001', `${first}`).replace('3002', `${second}`));
    direct = await service.client();
    await direct('POST', '/api/v3/users', { username: 'ann', email: 'ann@example.com' });
  }, INSTALLED_WITHIN_MS);
  afterAll(async () => {
    await nginx?.stop();
    for (const instance of [full, other]) {
      instance?.kill('SIGKILL');
      await instance?.gone;
    }
    await service?.stop();
  });

  const send = (id: string) => direct('POST', '/api/v3/activities', { userId: 1, type: 'step', id });

  /** A stream of the user, and what it has said. */
  async function open(lastEventId = ''): Promise<{ stream: IncomingMessage; said: () => string }> {
    const authorization = `Bearer ${await service.token()}`;
    const stream = await nginx.ask('GET', url, { authorization, 'last-event-id': lastEventId });
    expect(stream.statusCode).toBe(200);
    let said = '';
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    return { stream, said: () => said };
  }

  it('share the streams, and one that is stopped leaves its own to the others', async () => {
    // More than one of them comes to the instance that has no room, and from there to the other.
    const streams = [await open(), await open(), await open(), await open()];
    await send('a');
    for (const { said } of streams) await eventually(() => expect(said()).toMatch(/"id":"a"/));
    full.kill('SIGTERM');
    expect(await full.gone).toEqual({ code: 0, signal: null });
    const ended = await eventually(() => {
      const all = streams.filter(({ said }) => /\n\nretry: \d{4,5}\n\n$/.test(said()));
      expect(all).toHaveLength(1);
      return all[0]!;
    });
    const [, position = ''] = /^id: (.+)$/m.exec(ended.said()) ?? [];
    await send('b');
    const resumed = await open(position);
    await eventually(() => expect(resumed.said()).toMatch(/"id":"a"[^]*"id":"b"/));
    for (const { stream } of [...streams, resumed]) stream.destroy();
  });

  it('are set up as the documentation says', () => {
    expect(readFileSync(join(root, 'docs/how-to/run-behind-a-proxy.md'), 'utf8').includes(snippet)).toBe(true);
  });
});
