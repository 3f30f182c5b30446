import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client as Connection } from 'pg';
import { createLogger, Postgres } from '#platform';
import { readCheckpoints } from '#projections';
import { registryTopic } from '#registry';
import { type RunningProjector, startProjector } from '../../apps/projector/src/projector.js';
import { eventually } from '../support/eventually.js';
import { outcomeOf } from '../support/outcomes.js';
import { type Answer, type Client, type Service, startService } from '../support/service.js';
import { tailTopic, type TopicTail } from '../support/topic-tail.js';

/** How many records one transaction of the registry takes at most. */
const BATCH = 500;

describe('a command', () => {
  let service: Service;
  let tail: TopicTail;
  let postgres: Postgres;
  let elsewhere: Connection;
  let projector: RunningProjector | undefined;

  beforeEach(async () => {
    service = await startService();
    tail = await tailTopic(service.config.kafkaBrokers, registryTopic(service.namespace));
    postgres = new Postgres(service.config.databaseUrl, service.namespace);
    elsewhere = new Connection(service.config.databaseUrl);
    await elsewhere.connect();
  });
  afterEach(async () => {
    await elsewhere.end();
    await projector?.stop();
    await projector?.ended;
    await tail.close();
    await postgres.close();
    await service.stop();
  });

  const partitionOf = (environment: string) => tail.log.partitionOf(registryTopic(service.namespace).name, environment);
  const topicName = () => registryTopic(service.namespace).name;
  const endOf = async (partition: number) => (await tail.log.extents(topicName())).get(partition)!.high;
  const checkpointOf = async (partition: number) =>
    (await readCheckpoints(postgres, { name: 'registry' })).get(partition)!;

  /** Environments that share a partition of the log. */
  const neighbours = (count: number): string[] => {
    const names = Array.from({ length: 100 }, (_, number) => `tenant-${number}`);
    return names.filter((name) => partitionOf(name) === partitionOf(names[0]!)).slice(0, count);
  };

  /** Resolves when the command is in the log, with its answer to come. */
  async function sendInto(partition: number, client: Client): Promise<{ answer: Promise<Answer> }> {
    const before = await endOf(partition);
    const answer = client('POST', '/api/v3/workspaces', { name: 'Tide' }).then((first) => outcomeOf(client, first));
    await eventually(async () => expect(await endOf(partition)).toBe(before + 1));
    return { answer };
  }

  /** So many commands more of an environment that has sent one: the same again, under ids of their own. */
  async function flood(environment: string, count: number): Promise<void> {
    await tail.upToNow();
    const sample = JSON.parse(tail.recordsOf(environment)[0]!.value.toString()) as object;
    const records = Array.from({ length: count }, () => ({
      key: environment,
      value: JSON.stringify({ ...sample, id: randomUUID() }),
    }));
    await tail.log.append(topicName(), records);
  }

  /** Whoever creates the first workspace of that environment waits until the connection gives way. */
  async function holdUp(environment: string): Promise<void> {
    await elsewhere.query('BEGIN');
    await elsewhere.query(
      `INSERT INTO "${service.namespace.views('registry')}".workspaces (environment, id, name, created_on, version)
       VALUES ($1, 1, 'held', now(), 1)`,
      [environment],
    );
  }

  it(`is judged with ${BATCH} records at most, and waits for none behind those, however many another environment has sent`, async () => {
    const [noisy, quiet, stuck] = neighbours(3) as [string, string, string];
    const partition = partitionOf(noisy);
    const clients = { quiet: await service.client(quiet), stuck: await service.client(stuck) };
    expect((await (await service.client(noisy))('POST', '/api/v3/workspaces', { name: 'Noise' })).status).toBe(201);
    await service.stopProjector();
    await holdUp(stuck);
    await flood(noisy, 2 * BATCH);
    const own = await sendInto(partition, clients.quiet);
    await flood(noisy, BATCH);
    const behind = await sendInto(partition, clients.stuck);
    const end = await endOf(partition);
    projector = await startProjector(service.config, createLogger('test', 'silent'));
    expect((await own.answer).status).toBe(201);
    expect(await checkpointOf(partition)).toBeLessThan(end);
    await elsewhere.query('ROLLBACK');
    expect((await behind.answer).status).toBe(201);
    await eventually(async () => expect(await checkpointOf(partition)).toBe(end));
  });

  it('does not wait for an environment of another partition that is held up', async () => {
    const names = Array.from({ length: 100 }, (_, number) => `tenant-${number}`);
    const stuck = names[0]!;
    const quiet = names.find((name) => partitionOf(name) !== partitionOf(stuck))!;
    await holdUp(stuck);
    const behind = await sendInto(partitionOf(stuck), await service.client(stuck));
    const own = await sendInto(partitionOf(quiet), await service.client(quiet));
    expect((await own.answer).status).toBe(201);
    expect(await checkpointOf(partitionOf(stuck))).toBeLessThan(await endOf(partitionOf(stuck)));
    await elsewhere.query('ROLLBACK');
    expect((await behind.answer).status).toBe(201);
  });
});
