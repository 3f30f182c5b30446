import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { activitiesFold, activitiesTopic } from '#activities';
import { kafkaEventLog } from '#event-log';
import { type EventLog, type LogRecord } from '#event-sourcing';
import { createLogger, Postgres } from '#platform';
import { prepareGeneration, project } from '#projections';
import { Keyring, registryFold, registryTopic } from '#registry';
import { runCommandLine } from '../../apps/cli/src/command-line.js';
import { startProjector } from '../../apps/projector/src/projector.js';
import { readAllViews } from '../support/all-views.js';
import { eventually } from '../support/eventually.js';
import { call, type Client, SECRET, type Service, startService } from '../support/service.js';
import { dropViews } from '../support/views.js';

const silent = createLogger('test', 'silent');
const logFor = ({ config, namespace }: Service) =>
  kafkaEventLog({ brokers: config.kafkaBrokers, clientId: namespace.name, logger: silent });

/** The command line against a service's servers. */
function commandLine({ namespace }: Service) {
  const env = { ...process.env, TIDEMARK_NAMESPACE: namespace.name, AUTH_JWT_SECRET: SECRET, USER: 'ops' };
  return async (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
    const stateFolder = mkdtempSync(join(tmpdir(), 'tidemark-cli-'));
    const written = { out: '', err: '' };
    const to = (name: 'out' | 'err') => ({ isTTY: false, write: (text: string) => !!(written[name] += text) });
    const code = await runCommandLine(args, { env, stateFolder, out: to('out'), err: to('err') });
    rmSync(stateFolder, { recursive: true });
    return { code, ...written };
  };
}

describe('activities that cannot be read', () => {
  let service: Service;
  let demo: Client;
  let log: EventLog;
  let postgres: Postgres;
  let tidemark: ReturnType<typeof commandLine>;
  const deadletters = (...args: string[]) => tidemark('deadletters', ...args);

  beforeAll(async () => {
    service = await startService();
    demo = await service.client();
    log = logFor(service);
    await log.prepare([activitiesTopic(service.namespace)]);
    postgres = new Postgres(service.config.databaseUrl, service.namespace);
    tidemark = commandLine(service);
    for (const name of ['ann', 'bob']) {
      const user = { username: name, email: `${name}@example.com` };
      expect((await demo('POST', '/api/v3/users', user)).status).toBe(201);
    }
  });
  afterAll(async () => {
    await log?.close();
    await postgres?.close();
    await service?.stop();
  });

  const write = (userId: number, value: string) =>
    log.append(activitiesTopic(service.namespace).name, [{ key: `demo/${userId}`, value }]);
  const act = async (userId: number, id: string) => {
    const answer = await demo('POST', '/api/v3/activities', { userId, id, type: 'step' });
    expect(answer).toMatchObject({ status: 202, body: { accepted: 1 } });
  };
  const countOf = async (userId: number) =>
    (await demo('GET', `/api/v3/users/${userId}/activities/count`)).body.count as number;
  const listed = async (...args: string[]) =>
    JSON.parse((await deadletters('list', '--json', ...args)).out) as Letter[];

  it('wait with what follows of their user while others go on, until an operator skips them', async () => {
    await act(1, 'a1');
    await eventually(async () => expect(await countOf(1)).toBe(1));
    await write(1, 'no activity');
    await act(1, 'a2');
    await act(2, 'b1');
    await eventually(async () => expect(await countOf(2)).toBe(1));
    const letter = await eventually(async () => {
      const letters = await listed();
      expect(letters).toMatchObject([{ view: 'activities', key: 'demo/1', behind: 1, reason: 'the value is no JSON' }]);
      return letters[0]!;
    });
    expect(await countOf(1)).toBe(1);
    expect(await listed('--environment', 'other')).toEqual([]);
    const place = ['activities', String(letter.partition), String(letter.position)];
    expect((await deadletters('show', ...place)).out).toMatch(/\nno activity\n$/);

    const again = await deadletters('retry', '--environment', 'demo');
    expect(again).toMatchObject({
      code: 1,
      out: expect.stringMatching(/"demo\/1": failed at .* the value is no JSON/),
    });
    expect(await countOf(1)).toBe(1);

    const skipped = await deadletters('skip', ...place);
    expect(skipped).toMatchObject({ code: 0, out: expect.stringMatching(/nothing waits any more/) });
    expect(await countOf(1)).toBe(2);
    expect(await deadletters('skip', ...place)).toMatchObject({ code: 1, err: 'It was dropped before.\n' });
    expect(await listed()).toEqual([]);
    expect(await listed('--dropped')).toMatchObject([{ key: 'demo/1', reason: 'the value is no JSON' }]);
    await act(1, 'a3');
    await eventually(async () => expect(await countOf(1)).toBe(3));
  });

  it('are told of by the metrics and the status, with how far each partition is behind', async () => {
    await write(2, '{}');
    // The figures of one answer are not all of one moment.
    await eventually(async () => {
      const { body } = await call(`${service.url}/metrics`, 'GET');
      expect(body).toMatch(/tidemark_dead_letters\{fold="activities"\} 1\n/);
      expect(body).toMatch(/tidemark_dead_letters\{fold="registry"\} 0\n/);
      const behind = /tidemark_projection_lag_records\{fold="activities",partition="\d"\} 0\n/g;
      expect((body as string).match(behind)).toHaveLength(8);
    });
    expect((await tidemark('status')).out).toMatch(
      /activities .*\n +dead letters: 1; see "tidemark deadletters list"\n/,
    );
    expect((await deadletters('retry', '--key', 'demo/2')).code).toBe(1);
    const [letter] = await listed();
    expect((await deadletters('skip', 'activities', String(letter!.partition), String(letter!.position))).code).toBe(0);
  });

  it('cannot be asked for, retried or skipped from outside', async () => {
    await write(2, 'no activity');
    const [letter] = await eventually(async () => {
      const letters = await listed();
      expect(letters).toHaveLength(1);
      return letters;
    });
    const id = '019aaa2e-5a3c-7d64-b6a1-3f0c2a9b7e11';
    const skip = { control: 'skip', id, key: 'demo/2', position: letter!.position, limit: 10, by: 'me' };
    const hostile = [
      { ...skip, userId: 2, type: 'step' },
      { userId: 2, ...skip, type: 'step' },
      { userId: 2, type: 'step', id: JSON.stringify(skip).slice(0, 120) },
      { userId: 2, type: 'step', id: 'c', data: skip },
      { userId: 2, type: 'step', id: '{"control":"skip"' },
    ];
    const bodies = [...hostile.map((body) => JSON.stringify(body)), JSON.stringify(hostile)];
    for (const body of bodies) {
      await demo('POST', '/api/v3/activities', body);
      await demo('POST', '/api/v3/activities', `${body}\n`, { 'content-type': 'application/x-ndjson' });
      await demo('POST', '/api/v3/users', body);
    }
    const end = await log.extents(activitiesTopic(service.namespace).name);
    await eventually(async () => {
      const { rows } = await postgres.query<{ partition: number; position: number }>(
        'SELECT partition, position FROM activities_checkpoints',
      );
      for (const { partition, position } of rows) expect(position).toBe(end.get(partition)!.high);
    });
    expect(await listed()).toMatchObject([{ key: 'demo/2', position: letter!.position }]);
    const { rows } = await postgres.query('SELECT kind FROM activities_controls WHERE asked_by <> $1', ['ops']);
    expect(rows).toEqual([]);
    await deadletters('skip', 'activities', String(letter!.partition), String(letter!.position));
    // Their own content is data like any other.
    await eventually(async () => expect(await countOf(2)).toBeGreaterThan(3));
  });

  it('come back as they were, skipped and retried alike, when the views are dropped', async () => {
    await write(1, 'rubbish');
    await act(1, 'behind rubbish');
    await eventually(async () => expect(await listed()).toMatchObject([{ behind: 1 }]));
    const before = await readAllViews(postgres, service.namespace);
    await service.stopProjector();
    await dropViews(postgres, service.namespace);
    const again = await startProjector(service.config, silent);
    try {
      await eventually(async () => expect(await readAllViews(postgres, service.namespace)).toEqual(before));
    } finally {
      await again.stop();
      await again.ended;
    }
  });
});

describe('an environment of which a command cannot be applied', () => {
  let service: Service;
  let log: EventLog;
  let postgres: Postgres;
  let isBroken = false;
  const partitionOf = (environment: string) => log.partitionOf(registryTopic(service.namespace).name, environment);

  beforeAll(async () => {
    service = await startService({ projector: false });
    log = logFor(service);
    postgres = new Postgres(service.config.databaseUrl, service.namespace);
    const keyring = new Keyring(postgres, service.namespace, []);
    await log.prepare([registryTopic(service.namespace), activitiesTopic(service.namespace)]);
    await keyring.prepare(false);
    await prepareGeneration(postgres, service.namespace, activitiesFold(service.namespace), new Map());
    const fold = registryFold(service.namespace, keyring);
    const isPoison = ({ key, value }: LogRecord) => isBroken && key === 'bad' && value.includes('RenameWorkspace');
    const prepare: typeof fold.prepare = async (partition, records) => {
      const write = await fold.prepare(partition, records);
      return (tx) => {
        if (records.some(isPoison)) throw new TypeError('rename is not a function');
        return write(tx);
      };
    };
    await project({ ...fold, prepare }, { log, postgres, namespace: service.namespace, logger: silent });
  });
  afterAll(async () => {
    await log?.close();
    await postgres?.close();
    await service?.stop();
  });

  it('answers commands with 503 while another one of its partition goes on, and tells their outcome after a retry', async () => {
    const good = Array.from({ length: 100 }, (_, n) => `good-${n}`).find(
      (name) => partitionOf(name) === partitionOf('bad'),
    )!;
    const [ours, theirs] = [await service.client('bad'), await service.client(good)];
    const tidemark = commandLine(service);
    for (const client of [ours, theirs]) {
      await eventually(async () => {
        const { status } = await client('POST', '/api/v3/workspaces', { name: 'Tide' });
        expect(status).toBe(201);
      });
    }
    isBroken = true;
    const [renamed, made] = await Promise.all([
      ours('PATCH', '/api/v3/workspaces/1', { name: 'Ebb' }),
      eventually(async () => {
        const answer = await ours('POST', '/api/v3/workspaces', { name: 'Flood' });
        expect(answer.status).toBe(503);
        return answer;
      }),
    ]);
    expect(made.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(made.body.detail).toMatch(/have stopped.*an operator has to look/);
    expect(renamed.status).toBe(202);
    const address = renamed.headers.get('location')!;
    expect((await ours('GET', address)).body).toEqual({ status: 'pending' });
    expect((await ours('GET', '/api/v3/workspaces/1')).body).toMatchObject({ name: 'Tide' });
    expect((await theirs('PATCH', '/api/v3/workspaces/1', { name: 'Ebb' })).status).toBe(200);
    expect((await tidemark('deadletters', 'retry', '--view', 'registry')).out).toMatch(
      /failed at .* rename is not a function/,
    );
    expect((await theirs('POST', '/api/v3/workspaces', { name: 'Flood' })).status).toBe(201);

    isBroken = false;
    expect(await tidemark('deadletters', 'retry', '--environment', 'bad')).toMatchObject({ code: 0 });
    expect(await ours('GET', address)).toMatchObject({ status: 200, body: { id: 1, name: 'Ebb' } });
    await eventually(async () => {
      expect((await ours('POST', '/api/v3/workspaces', { name: 'Slack' })).status).toBe(201);
    });
  });

  it('goes on without the command when an operator skips it, and its sender is told', async () => {
    const client = await service.client('bad');
    const tidemark = commandLine(service);
    isBroken = true;
    const renamed = await client('PATCH', '/api/v3/workspaces/1', { name: 'Nobody' });
    expect(renamed.status).toBe(202);
    const [letter] = JSON.parse((await tidemark('deadletters', 'list', '--json')).out) as [Letter];
    expect(letter).toMatchObject({ view: 'registry', key: 'bad', reason: 'TypeError: rename is not a function' });
    const { code } = await tidemark(
      'deadletters',
      'skip',
      'registry',
      String(letter.partition),
      String(letter.position),
    );
    expect(code).toBe(0);
    const told = await client('GET', renamed.headers.get('location')!);
    expect(told).toMatchObject({ status: 500, body: { detail: expect.stringMatching(/an operator dropped it/) } });
    expect((await client('GET', '/api/v3/workspaces/1')).body).toMatchObject({ name: 'Ebb' });
    await eventually(async () => {
      expect((await client('POST', '/api/v3/workspaces', { name: 'Neap' })).status).toBe(201);
    });
  });
});

interface Letter {
  readonly partition: number;
  readonly position: number;
}
