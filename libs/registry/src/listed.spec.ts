import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Postgres } from '#platform';
import { openViews, type Views } from '../../../test/support/views.js';
import { registryFold } from './fold/registry.fold.js';
import { type ListPart } from './listed.js';
import { Keyring } from './stored/keyring.js';
import { ListUsers, ListUsersHandler } from './users/queries/list-users.js';
import { ListNamed, ListNamedHandler } from './workspaces/queries/named.js';
import { ListMembers, ListMembersHandler } from './workspaces/queries/roles.js';

const USERS = 60_000;

interface Plan {
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
}

/** Explains what is asked in place of answering it, and adds up the blocks that reading rows took, counting aside. */
class Explained {
  blocks = 0;

  constructor(private readonly postgres: Postgres) {}

  readonly prepared = this;

  async query(sql: string, values: unknown[]): Promise<{ rows: object[] }> {
    const isCount = / AS count\b/.test(sql);
    const { rows } = await this.postgres.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`,
      values,
    );
    const { Plan: plan } = rows[0]!['QUERY PLAN'][0];
    if (!isCount) this.blocks += plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
    return { rows: [{ count: 0 }] };
  }
}

describe('a part of a list', () => {
  let views: Views;
  beforeAll(async () => {
    views = await openViews((namespace, postgres) => registryFold(namespace, new Keyring(postgres, namespace, [])));
    const { postgres } = views;
    await postgres.query(`
      INSERT INTO users SELECT 'acme', id, id, gen_random_uuid(), id, id, id, id, '', '', true, '{}', NULL, now(), now(), 1
      FROM generate_series(1, ${USERS}) AS id`);
    await postgres.query(
      `INSERT INTO workspaces SELECT 'acme', id, 'W', now(), 1 FROM generate_series(1, ${USERS}) AS id`,
    );
    // One group with every second user, and one with few, far apart.
    await postgres.query(`
      INSERT INTO roles SELECT 'acme', 'group', 1, 'user', id, 'member' FROM generate_series(2, ${USERS}, 2) AS id
      UNION ALL SELECT 'acme', 'group', 2, 'user', id, 'member' FROM generate_series(1, ${USERS}, 200) AS id`);
    for (const table of ['users', 'workspaces', 'roles']) await postgres.query(`ANALYZE ${table}`);
  });
  afterAll(() => views.close());

  const ask: Record<string, (postgres: Postgres, part: ListPart) => Promise<unknown>> = {
    users: (postgres, part) => new ListUsersHandler(postgres).execute(new ListUsers('acme', part)),
    workspaces: (postgres, part) => new ListNamedHandler(postgres).execute(new ListNamed('acme', 'Workspace', part)),
    'members of a large group': (postgres, part) =>
      new ListMembersHandler(postgres).execute(new ListMembers('acme', 1, part)),
    'members of a small group': (postgres, part) =>
      new ListMembersHandler(postgres).execute(new ListMembers('acme', 2, part)),
  };

  it.each(Object.keys(ask))('of %s costs the same behind any id', async (list) => {
    for (const after of [0, 100, USERS / 2, USERS - 100, 10 * USERS]) {
      const explained = new Explained(views.postgres);
      await ask[list]!(explained as unknown as Postgres, { after, page_size: 50 });
      // An index is a few blocks deep, and each row may lie in a block of its own.
      expect(explained.blocks).toBeGreaterThan(0);
      expect({ after, few: explained.blocks < 300 || explained.blocks }).toEqual({ after, few: true });
    }
  });
});
