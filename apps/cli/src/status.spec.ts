import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafkaEventLog } from '#event-log';
import { createLogger, Namespace, Postgres } from '#platform';
import { activitiesFold, activitiesTopic } from '#activities';
import { runCommandLine } from './command-line.js';
import { type Servers } from './servers.js';
import { foldStatus, type Status } from './status.js';

const namespace = `cli_${randomBytes(6).toString('hex')}`;
const secret = 'a secret of more than thirty-two bytes';
const env: NodeJS.ProcessEnv = {
  ...process.env,
  TIDEMARK_NAMESPACE: namespace,
  AUTH_JWT_SECRET: secret,
  TIDEMARK_URL: '',
  AUTH_JWKS_URL: '',
};
let stateFolder: string;
beforeAll(() => void (stateFolder = mkdtempSync(join(tmpdir(), 'tidemark-cli-'))));
afterAll(() => rmSync(stateFolder, { recursive: true }));

async function run(
  args: string[],
  settings: NodeJS.ProcessEnv = env,
): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const to = (name: 'out' | 'err') => ({ isTTY: false, write: (text: string) => !!(written[name] += text) });
  const code = await runCommandLine(args, { env: settings, stateFolder, out: to('out'), err: to('err') });
  return { code, ...written };
}

async function status(settings?: NodeJS.ProcessEnv): Promise<{ code: number; status: Status }> {
  const { code, out } = await run(['status', '--json'], settings);
  return { code, status: JSON.parse(out) as Status };
}

describe('a deployment', () => {
  it('lacks topics and views until it is migrated, and the status says so', async () => {
    const { code, status: before } = await status();
    expect({ code, servers: before.servers }).toEqual({
      code: 1,
      servers: { kafka: 'up', postgres: 'up', redis: 'up' },
    });
    expect(before.folds.map(({ problems }) => problems)).toMatchObject([
      expect.arrayContaining([
        expect.stringMatching(/topic .* is missing/),
        expect.stringMatching(/views of registry are missing/),
      ]),
      expect.arrayContaining([
        expect.stringMatching(/topic .* is missing/),
        expect.stringMatching(/views of activities are missing/),
      ]),
    ]);
  });

  it('is migrated as often as one likes', async () => {
    const first = await run(['migrate']);
    // A slow server is told of, which is no fault.
    const migrated = { code: 0, err: expect.stringMatching(/^(waiting for .*\n)*$/) };
    expect(first).toMatchObject(migrated);
    expect(first.out).toMatch(/registry: topic .*registry.* views of version \d+\nactivities: topic /);
    expect(await run(['migrate'])).toMatchObject({ ...migrated, out: first.out });
  });

  it('shows log end, checkpoint and lag of each partition', async () => {
    const topic = activitiesTopic(new Namespace(namespace));
    const log = kafkaEventLog({
      brokers: env.KAFKA_BROKERS!.split(','),
      clientId: namespace,
      logger: createLogger('cli', 'silent'),
    });
    await log.prepare([topic]);
    await log.append(
      topic.name,
      Array.from({ length: 5 }, () => ({ key: 'demo/1', value: '{}' })),
    );
    const partition = log.partitionOf(topic.name, 'demo/1');
    await log.close();
    const { code, status: now } = await status();
    expect({ code, ok: now.ok }).toEqual({ code: 0, ok: true });
    expect(now.folds).toMatchObject([
      { name: 'registry', lag: 0, deadLetters: 0 },
      { name: 'activities', lag: 5, version: expect.any(Number) },
    ]);
    expect(now.folds[1]!.partitions).toHaveLength(topic.partitions);
    expect(now.folds[1]!.partitions[partition]).toEqual({ partition, end: 5, checkpoint: 0, lag: 5 });
    expect((await run(['status'])).out).toMatch(/activities +views of version \d+, 5 behind topic/);
  });

  it('is never found before its checkpoints while records come and are applied', async () => {
    const names = new Namespace(namespace);
    const postgres = new Postgres(env.DATABASE_URL!, names);
    let high = 0;
    // Between two questions a record comes, and the views show it.
    const query: Postgres['query'] = async (...asked) => {
      high += 1;
      await postgres.query('UPDATE activities_checkpoints SET position = $1 WHERE partition = 0', [high]);
      return postgres.query(...asked);
    };
    const extents = async () => new Map([[0, { low: 0, high }]]);
    const servers = { log: { extents }, postgres: { query }, namespace: names } as unknown as Servers;
    const { problems, partitions } = await foldStatus(activitiesFold(names), servers, {});
    expect({ problems, lag: partitions[0]!.lag }).toEqual({ problems: [], lag: expect.any(Number) });
    await postgres.query('UPDATE activities_checkpoints SET position = 0');
    await postgres.close();
  });

  it('is found by what npm start noted', async () => {
    const { KAFKA_BROKERS: kafkaBrokers, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, ...rest } = env;
    const service = 'http://127.0.0.1:9';
    writeFileSync(
      join(stateFolder, 'run.json'),
      JSON.stringify({ url: service, kafkaBrokers, databaseUrl, redisUrl, namespace }),
    );
    const { code, status: now } = await status({ ...rest, TIDEMARK_NAMESPACE: '' });
    expect(now.servers).toEqual({
      kafka: 'up',
      postgres: 'up',
      redis: 'up',
      service: expect.stringMatching(/^does not answer/),
    });
    expect({ code, lags: now.folds.map(({ lag }) => lag) }).toEqual({ code: 1, lags: [0, 5] });
    rmSync(join(stateFolder, 'run.json'));
  });

  it('is asked whether it is ready where it says so: on its operations port, where there is one', async () => {
    const asked: string[] = [];
    const operations = createServer(({ url }, answer) => void (asked.push(url!), answer.end('{}'))).listen(
      0,
      '127.0.0.1',
    );
    await once(operations, 'listening');
    const { port } = operations.address() as AddressInfo;
    try {
      const settings = { ...env, TIDEMARK_URL: 'http://127.0.0.1:9/tidemark/', OPERATIONS_PORT: String(port) };
      const { status: now } = await status(settings);
      expect([now.servers.service, asked]).toEqual(['up', ['/health/ready']]);
    } finally {
      operations.close();
    }
  });

  it.each([
    ['kafka', { KAFKA_BROKERS: '127.0.0.1:9' }],
    ['postgres', { DATABASE_URL: 'postgres://x:y@127.0.0.1:9/x' }],
    ['redis', { REDIS_URL: 'redis://127.0.0.1:9' }],
  ])('whose %s is down shows the rest all the same, and ends with 1', async (server, broken) => {
    const { code, status: now } = await status({ ...env, ...broken });
    expect(code).toBe(1);
    expect(now.servers).toEqual({
      kafka: 'up',
      postgres: 'up',
      redis: 'up',
      [server]: expect.stringMatching(/^does not answer/),
    });
    expect(now.folds).toHaveLength(2);
  });
});
