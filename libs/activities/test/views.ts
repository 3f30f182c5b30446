import { randomBytes } from 'node:crypto';
import { type EventLog } from '#event-sourcing';
import { createLogger, Namespace, Postgres } from '#platform';
import { project } from '#projections';
import { activitiesFold, activitiesTopic, type ActivityFollower } from '#activities';
import { encodeActivity, encodeKey } from '../src/activity.record.js';

export const logger = createLogger('test', 'silent');

export const freshNamespace = () => new Namespace(`t${randomBytes(6).toString('hex')}`);

/** The time that records without another one carry. */
export const NOON = Date.parse('2026-03-01T12:00:00.000Z');

interface Given {
  readonly id: string;
  readonly source?: string;
  readonly user?: number;
  readonly environment?: string;
  readonly type?: string;
  readonly workspace?: number;
  readonly at?: number;
  readonly data?: object;
}

/** A record of activities as the door appends it. */
export function activity(given: Given) {
  const { id, source, user = 1, environment = 'acme', type = 'seen', workspace, at = NOON, data } = given;
  const value = encodeActivity({ id, source, type, workspace, occurredAt: at }, data && JSON.stringify(data));
  return { key: encodeKey({ environment, userId: user }), value };
}

/** The views of activities in a namespace, and how to feed them from a log. */
export class Views {
  readonly postgres: Postgres;

  constructor(
    databaseUrl: string,
    readonly log: EventLog,
    readonly namespace = freshNamespace(),
  ) {
    this.postgres = new Postgres(databaseUrl, namespace, { max: 4, onError: () => undefined });
  }

  get topic(): string {
    return activitiesTopic(this.namespace).name;
  }

  async project(...followers: ActivityFollower[]) {
    const { log, postgres, namespace } = this;
    await log.prepare([activitiesTopic(namespace)]);
    return project(activitiesFold(namespace, followers), { log, postgres, namespace, logger });
  }

  async drop(): Promise<void> {
    await this.postgres.query(`DROP SCHEMA ${this.namespace.views('activities')} CASCADE`);
  }

  /** Every row of every view, the same for the same contents: but for how far a rebuild had to go. */
  async snapshot(): Promise<Record<string, unknown[]>> {
    const tables = ['activities', 'activities_dead_letters'];
    const rowsOf = async (table: string, row = `${table}::text`) => {
      const { rows } = await this.postgres.query(`SELECT ${row} AS row FROM ${table} ORDER BY 1`);
      return [table, rows] as [string, unknown[]];
    };
    const totals = rowsOf('activity_totals', `(to_jsonb(activity_totals) - 'id')::text`);
    const checkpoints = rowsOf('activities_checkpoints', '(partition, position)::text');
    return Object.fromEntries(await Promise.all([...tables.map((table) => rowsOf(table)), totals, checkpoints]));
  }

  async count(table: string): Promise<number> {
    const { rows } = await this.postgres.query<{ count: number }>(`SELECT count(*) AS count FROM ${table}`);
    return rows[0]!.count;
  }
}
