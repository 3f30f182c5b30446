import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kafkaEventLog } from '#event-log';
import { type Consumption, type EventLog, type LogRecord } from '#event-sourcing';
import { createLogger, Postgres } from '#platform';
import { type Fold, project, readCheckpoints } from '#projections';
import { Keyring, registryFold, registryTopic } from '#registry';
import { eventually } from '../support/eventually.js';
import { spawnApp } from '../support/app-process.js';
import { type Client, type Service, startService } from '../support/service.js';

const logger = createLogger('test', 'silent');

/** A UUID of version 7, as commands have. */
function newId(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/** A command as an interface appends it, also one of a kind that comes with newer code. */
const command = (id: string, asked: object) => ({
  key: 'demo',
  value: JSON.stringify({ v: 1, id, by: 'tester', command: asked }),
});

/** What newer code makes of the log: it archives workspaces, which here is to delete them. */
function newer(fold: Fold): Fold {
  const known = (record: LogRecord) => ({
    ...record,
    value: Buffer.from(record.value.toString().replace('ArchiveWorkspace', 'DeleteWorkspace')),
  });
  return { ...fold, prepare: (partition, records) => fold.prepare(partition, records.map(known)) };
}

describe('an interface of newer code beside a projector of this', () => {
  let service: Service;
  let demo: Client;
  let log: EventLog;
  let postgres: Postgres;
  let updated: Consumption | undefined;

  beforeAll(async () => {
    service = await startService({ projector: false });
    demo = await service.client();
    log = kafkaEventLog({ brokers: service.config.kafkaBrokers, clientId: service.namespace.name, logger });
    postgres = new Postgres(service.config.databaseUrl, service.namespace, { onError: () => undefined });
    await log.prepare([registryTopic(service.namespace)]);
  });
  afterAll(async () => {
    await updated?.stop();
    await log?.close();
    await postgres?.close();
    await service?.stop();
  });

  const outcomeOf = (id: string) => demo('GET', `/api/v3/commands/${id}`);
  const workspaces = async () =>
    ((await demo('GET', '/api/v3/workspaces')).body.results as { name: string }[]).map(({ name }) => name);

  it('has its commands wait for the update, and none is void, lost or judged before its turn', async () => {
    const projector = await spawnApp('projector', service);
    for (const name of ['Tide', 'Ebb']) {
      expect((await demo('POST', '/api/v3/workspaces', { name })).status).toBe(201);
    }
    const { name: topic } = registryTopic(service.namespace);
    const partition = log.partitionOf(topic, 'demo');
    const end = (await log.extents(topic)).get(partition)!.high;
    const [before, archived, after] = [newId(), newId(), newId()];
    await log.append(topic, [
      command(before, { type: 'CreateWorkspace', name: 'Flood' }),
      command(archived, { type: 'ArchiveWorkspace', id: 1 }),
      command(after, { type: 'CreateWorkspace', name: 'Slack' }),
    ]);

    expect(await projector.gone).toMatchObject({ code: 1 });
    expect(projector.logged()).toContain(
      `a command \\"ArchiveWorkspace\\", whose \\"command.type\\" this code lacks, at position ${end + 1} of partition ` +
        `${partition} was written by newer code than this: update the projector, which goes on from there`,
    );
    expect((await readCheckpoints(postgres, { name: 'registry' })).get(partition)).toBe(end + 1);
    expect((await outcomeOf(before)).body).toMatchObject({ id: 3, name: 'Flood' });
    expect(await workspaces()).toEqual(['Tide', 'Ebb', 'Flood']);
    const { rows: passedOver } = await postgres.query(
      'SELECT position FROM registry_voids UNION ALL SELECT position FROM registry_dead_letters',
    );
    expect(passedOver).toEqual([]);
    const pending = await demo('POST', '/api/v3/workspaces', { name: 'Neap' });
    expect(pending.status).toBe(202);

    const keyring = new Keyring(postgres, service.namespace, []);
    const around = { log, postgres, namespace: service.namespace, logger };
    updated = await project(newer(registryFold(service.namespace, keyring)), around);
    await eventually(async () => expect(await workspaces()).toEqual(['Ebb', 'Flood', 'Slack', 'Neap']));
    expect((await outcomeOf(archived)).status).toBe(204);
    expect((await outcomeOf(after)).body).toMatchObject({ id: 4, name: 'Slack' });
    expect((await demo('GET', pending.headers.get('location')!)).body).toMatchObject({ id: 5, name: 'Neap' });
  });
});
