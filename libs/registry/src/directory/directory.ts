import { Injectable } from '@nestjs/common';
import { findRows, Lookups, Postgres, type Table } from '#platform';
import { Keyring } from '../stored/keyring.js';
import { type RootKey } from '../stored/root-key.js';
import { comparable } from '../decisions/user.names.js';

/** How a request may name a user. */
export type UserReference = { userId: number } | { objectId: string } | { username: string };

const USERS: Table = { name: 'users', key: { environment: 'text', id: 'bigint' }, columns: { id: 'bigint' } };

/**
 * Who and what exists in an environment at this moment: what is checked before something is appended that names
 * it. Each call is one statement, whatever the number of names.
 */
@Injectable()
export class Directory {
  private readonly existing = new Lookups((asked: readonly { environment: string; id: number }[]) =>
    findRows(this.postgres.prepared, USERS, asked),
  );

  constructor(
    private readonly postgres: Postgres,
    private readonly keyring: Keyring,
  ) {}

  /** The integer id of each user that is named, in the same order; undefined where there is none. */
  async userIds(environment: string, references: readonly UserReference[]): Promise<(number | undefined)[]> {
    const root = references.some((reference) => 'username' in reference) ? await this.keyring.rootKey() : undefined;
    const keys = references.map((reference) => referenceKey(root, environment, reference));
    const { rows } = await this.postgres.query<{ reference: string; id: number }>(
      `SELECT 'i:' || id AS reference, id FROM users WHERE environment = $1 AND id = ANY($2)
       UNION ALL
       SELECT 'o:' || object_id, id FROM users WHERE environment = $1 AND object_id = ANY($3)
       UNION ALL
       SELECT 'u:' || username_hash, id FROM users WHERE environment = $1 AND username_hash = ANY($4)`,
      [environment, named(keys, 'i:'), named(keys, 'o:'), named(keys, 'u:')],
    );
    const ids = new Map(rows.map(({ reference, id }) => [reference, id]));
    return keys.map((key) => ids.get(key));
  }

  /** The greatest integer id that a user of the environment ever had; 0 where there was none. */
  async lastUserId(environment: string): Promise<number> {
    const { rows } = await this.postgres.query<{ id: number }>(
      'SELECT last_user_id AS id FROM environments WHERE environment = $1',
      [environment],
    );
    return rows[0]?.id ?? 0;
  }

  /** Which of these workspaces exist. */
  async workspaceIds(environment: string, ids: readonly number[]): Promise<Set<number>> {
    const { rows } = await this.postgres.query<{ id: number }>(
      'SELECT id FROM workspaces WHERE environment = $1 AND id = ANY($2)',
      [environment, [...new Set(ids)]],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** What those of these workspaces that exist are called, by their ids. */
  workspaceNames(environment: string, ids: readonly number[]): Promise<Map<number, string>> {
    return this.namesIn('SELECT id, name FROM workspaces WHERE environment = $1 AND id = ANY($2)', environment, ids);
  }

  /** The usernames of those of these users that exist, by their ids. */
  usernames(environment: string, ids: readonly number[]): Promise<Map<number, string>> {
    const sql = 'SELECT id, username AS name FROM users WHERE environment = $1 AND id = ANY($2)';
    return this.namesIn(sql, environment, ids);
  }

  /** Another number for each generation of the views that was ever live: after a replay others may exist. */
  async generation(): Promise<number> {
    const { rows } = await this.postgres.query<{ generation: number }>(`SELECT 'users'::regclass::oid AS generation`);
    return rows[0]!.generation;
  }

  async hasUser(environment: string, id: number): Promise<boolean> {
    return (await this.existing.find({ environment, id })) !== undefined;
  }

  private async namesIn(sql: string, environment: string, ids: readonly number[]): Promise<Map<number, string>> {
    const { rows } = await this.postgres.query<{ id: number; name: string }>(sql, [environment, ids]);
    return new Map(rows.map(({ id, name }) => [id, name]));
  }
}

function referenceKey(root: RootKey | undefined, environment: string, reference: UserReference): string {
  if ('userId' in reference) return `i:${reference.userId}`;
  if ('objectId' in reference) return `o:${reference.objectId}`;
  return `u:${root?.nameHash(environment, 'username', comparable(reference.username))}`;
}

function named(keys: readonly string[], kind: string): string[] {
  return [...new Set(keys.filter((key) => key.startsWith(kind)).map((key) => key.slice(kind.length)))];
}
