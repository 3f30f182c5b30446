import { randomBytes, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { activitiesFold, Positions } from '#activities';
import { partitionFor } from '#event-log';
import { type LogRecord } from '#event-sourcing';
import { Namespace, Notifications, Postgres, prepared } from '#platform';
import { type Fold, prepareGeneration } from '#projections';
import { Keyring, registryFold } from '#registry';
import { sealedRecord, type SentCommand } from '../../registry/test/sealed-log.js';

/** An activity as the log gets it. One whose id is there already is a resend: it takes a position and adds no row. */
export interface Sent {
  readonly id: string;
  readonly type?: string;
  readonly workspace?: number;
  readonly data?: object;
  /** Milliseconds since the epoch, of the log's clock. */
  readonly receivedAt?: number;
}

/** The views of a namespace of its own, and a projector's hand to write them: fold, checkpoint and announcement. */
export async function openView(url: string): Promise<View> {
  const view = new View(url, new Namespace(`stream_${randomBytes(6).toString('hex')}`));
  for (const fold of [view.activities, view.registry])
    await prepareGeneration(view.postgres, view.namespace, fold, new Map());
  await view.keyring.prepare(false);
  view.positions = await Positions.of('acme', view.keyring);
  return view;
}

export class View {
  readonly postgres: Postgres;
  readonly notifications: Notifications;
  readonly activities: Fold;
  readonly registry: Fold;
  readonly keyring: Keyring;
  /** Of `acme`. */
  positions!: Positions;
  private readonly turns = new Map<string, Promise<void>>();

  constructor(
    readonly url: string,
    readonly namespace: Namespace,
  ) {
    this.postgres = new Postgres(url, namespace, { max: 10 });
    this.notifications = new Notifications(url, () => undefined, { name: `${namespace.name}_notifications` });
    this.activities = activitiesFold(namespace);
    this.keyring = new Keyring(this.postgres, namespace, []);
    this.registry = registryFold(namespace, this.keyring);
  }

  /** Commits activities of a user in one transaction; those of one partition one after the other. */
  send(environment: string, userId: number, ...sent: Sent[]): Promise<void> {
    const records = sent.map(({ id, type = 'read', workspace, data, receivedAt }) => ({
      time: receivedAt ?? Date.now(),
      value: { v: 1, id, type, workspace, occurredAt: receivedAt ?? Date.now(), data },
    }));
    return this.commit(this.activities, `${environment}/${userId}`, records);
  }

  /** Registers the environment's next user: ids count from 1. */
  register(environment: string): Promise<void> {
    const username = randomUUID();
    const names = { username, email: `${username}@example.org` };
    const user = { ...names, firstName: '', lastName: '', isActive: true, profile: {} };
    return this.command(environment, { type: 'RegisterUser', user });
  }

  remove(environment: string, userId: number): Promise<void> {
    return this.command(environment, { type: 'DeleteUser', userId });
  }

  /** Creates the environment's next workspace: ids count from 1. */
  createWorkspace(environment: string): Promise<void> {
    return this.command(environment, { type: 'CreateWorkspace', name: randomUUID() });
  }

  removeWorkspace(environment: string, id: number): Promise<void> {
    return this.command(environment, { type: 'DeleteWorkspace', id });
  }

  /** What the views lack when they were dropped and have been built anew up to a position of each partition. */
  async forgetActivities(from = 0): Promise<void> {
    await this.postgres.query('UPDATE activities_checkpoints SET position = least(position, $1)', [from]);
    await this.postgres.query('DELETE FROM activity_entries WHERE place & (1::bigint << 40) - 1 >= $1', [from]);
  }

  /** Nobody reads the activities until the returned function is called. */
  async lockActivities(): Promise<() => Promise<void>> {
    const client = new Client({ connectionString: this.url });
    await client.connect();
    await client.query('BEGIN');
    await client.query(`LOCK TABLE ${this.namespace.views('activities')}.activity_entries`);
    return () => client.end();
  }

  /** How many statements wait for the lock. */
  async waiting(): Promise<number> {
    const { rows } = await this.postgres.query<{ count: number }>(
      `SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = to_regclass($1)`,
      [`${this.namespace.views('activities')}.activity_entries`],
    );
    return rows[0]!.count;
  }

  async close(): Promise<void> {
    await this.notifications.close();
    await this.postgres.close();
  }

  private async command(environment: string, asked: SentCommand['asked']): Promise<void> {
    const value = await sealedRecord(this.keyring, environment, { id: randomUUID(), asked });
    return this.commit(this.registry, environment, [{ time: Date.now(), value }]);
  }

  private commit(fold: Fold, key: string, records: { time: number; value: object }[]): Promise<void> {
    const partition = partitionFor(key, fold.topic.partitions);
    const line = `${fold.name}/${partition}`;
    const turn = (this.turns.get(line) ?? Promise.resolve()).then(() => this.write(fold, partition, key, records));
    this.turns.set(line, turn);
    return turn;
  }

  private async write(fold: Fold, partition: number, key: string, records: { time: number; value: object }[]) {
    await this.postgres.transaction(async (tx) => {
      const { rows } = await tx.query<{ position: number }>(
        `UPDATE ${fold.name}_checkpoints SET position = position + $2 WHERE partition = $1 RETURNING position`,
        [partition, records.length],
      );
      const end = rows[0]!.position;
      const start = end - records.length;
      const logged = records.map(({ time, value }, at): LogRecord => {
        return { partition, offset: start + at, key, time, value: Buffer.from(JSON.stringify(value)) };
      });
      await (
        await fold.prepare(partition, logged)
      )(prepared(tx));
      await tx.query('SELECT pg_notify($1, $2)', [this.namespace.views(fold.name), `${partition}:${end}`]);
    });
  }
}
