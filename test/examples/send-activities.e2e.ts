import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { activitySender } from '../../examples/send-activities/activity-sender.mjs';
import { eventually } from '../support/eventually.js';
import { startExample } from '../support/example.js';
import { type Launch } from '../support/launch.js';
import { call, type Client, type Service, startService } from '../support/service.js';

/** What happens to a request on its way to Tidemark: turned away by whoever stands in front, or its answer is lost. */
type Fault = 503 | 413 | 'lost';

interface Rejection {
  readonly id?: string;
  readonly code: string;
}

const ORDERS = 60;

describe('the example that sends activities', () => {
  let service: Service;
  let client: Client;
  let token: string;
  let front: Server;
  let frontUrl: string;
  let faults: (Fault | undefined)[] = [];
  /** How many activities each request had. */
  let requests: number[] = [];

  beforeAll(async () => {
    service = await startService();
    client = await service.client();
    token = await service.token();
    for (const username of ['jane', 'joe', 'jim']) {
      const { status } = await client('POST', '/api/v3/users', { username, email: `${username}@example.com` });
      expect(status).toBe(201);
    }
    front = createServer((request, response) => {
      void (async () => {
        const body = await buffer(request);
        requests.push((JSON.parse(body.toString()) as object[]).length);
        const fault = faults.shift();
        if (typeof fault === 'number') return response.writeHead(fault, { 'retry-after': '0' }).end();
        const { status, body: answer } = await call(service.url + request.url!, 'POST', new Uint8Array(body), {
          authorization: request.headers.authorization!,
          'content-type': request.headers['content-type']!,
        });
        if (fault === 'lost') return response.destroy();
        return response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      })();
    }).listen(0, '127.0.0.1');
    await once(front, 'listening');
    frontUrl = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    [faults, requests] = [[], []];
  });
  afterAll(async () => {
    front.closeAllConnections();
    front.close();
    await service.stop();
  });

  const countOf = async (userId: number) =>
    ((await client('GET', `/api/v3/users/${userId}/activities/count`)).body as { count: number }).count;
  const eventuallyCounted = (userId: number, count: number) =>
    eventually(async () => expect(await countOf(userId)).toBe(count));

  describe('as a shop', () => {
    let launch: Launch | undefined;
    let shopUrl: string;

    beforeEach(async () => {
      ({ url: shopUrl, launch } = await startExample('send-activities/shop.mjs', { url: frontUrl, token }));
    });
    afterEach(() => launch?.kill());

    const order = async (customer: string, n: number) => {
      expect((await call(`${shopUrl}/orders`, 'POST', { customer, item: `tea ${n}` })).status).toBe(201);
    };

    it('counts each order once though answers are lost, and ends when all of them are in the log', async () => {
      faults = [503, 'lost', 503, 'lost'];
      await Promise.all(Array.from({ length: ORDERS }, (_, n) => order('jane', n)));
      expect(await launch!.stop()).toBe(0);
      expect(faults).toEqual([]);
      await eventuallyCounted(1, ORDERS);
      expect(requests.length).toBeLessThan(ORDERS);
    });

    it('says whose order Tidemark does not know, and sends those of the others', async () => {
      await order('nobody', 1);
      await order('joe', 2);
      expect(await launch!.stop()).toBe(0);
      expect(launch!.said).toMatch(/of nobody: unknown-user/);
      await eventuallyCounted(2, 1);
    });
  });

  describe('as a module', () => {
    const senderTo = (rejected: Rejection[]) =>
      activitySender({
        url: frontUrl,
        environment: 'demo',
        token: () => token,
        onRejected: ({ id }: { id?: string }, { code }) => rejected.push({ id, code }),
      });

    it('sends a batch that is too large in halves', async () => {
      const rejected: Rejection[] = [];
      const sender = senderTo(rejected);
      faults = [undefined, 413];
      for (let n = 0; n < 10; n += 1) sender.track({ username: 'jim', type: 'step' });
      await sender.flush();
      expect(requests).toEqual([1, 9, 5, 4]);
      expect(rejected).toEqual([]);
      await eventuallyCounted(3, 10);
    });

    it('gives back what is too large alone, and goes on', async () => {
      const rejected: Rejection[] = [];
      const sender = senderTo(rejected);
      faults = [413];
      sender.track({ id: 'large', username: 'jim', type: 'step' });
      sender.track({ id: 'small', username: 'jim', type: 'step' });
      await sender.flush();
      expect(rejected).toEqual([{ id: 'large', code: 'http-413' }]);
      await eventuallyCounted(3, 11);
    });

    it('takes no more than it may keep', () => {
      const sender = activitySender({
        url: frontUrl,
        environment: 'demo',
        token: () => Promise.withResolvers<string>().promise,
        onRejected: () => undefined,
      });
      const taken = Array.from({ length: 100_001 }, () => sender.track({ userId: 1, type: 'step' }));
      expect(taken.filter((isTaken) => !isTaken)).toHaveLength(1);
    });
  });
});
