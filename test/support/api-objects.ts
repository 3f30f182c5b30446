import { expect } from '@jest/globals';
import { Postgres } from '#platform';
import type { Kind, Objects } from './api-requests.js';
import { eventually } from './eventually.js';
import type { Client, Service } from './service.js';

/** Makes the objects that paths can name, and deletes them. */
export class ObjectMaker {
  private readonly postgres: Postgres;
  private readonly made = new Map<string, number>();

  constructor(private readonly service: Service) {
    const { config, namespace } = service;
    this.postgres = new Postgres(config.databaseUrl, namespace, { max: 4, onError: () => undefined });
  }

  close(): Promise<void> {
    return this.postgres.close();
  }

  /**
   * A user, a workspace and a group of an environment that nothing else refers to, and the command that made the last.
   * The first of one environment have the same ids and names as those of another, and so on.
   */
  async make(environment: string, last: 'user' | 'group' = 'group'): Promise<Objects> {
    const client = await this.service.client(environment);
    const count = (this.made.get(environment) ?? 0) + 1;
    this.made.set(environment, count);
    const name = `somebody${count}`;
    const makeUser = () => create(client, 'users', { username: name, email: `${name}@example.com` });
    const first = last === 'group' ? await makeUser() : undefined;
    const workspace = await create(client, 'workspaces', { name });
    const group = await create(client, 'groups', { name });
    const user = first ?? (await makeUser());
    return {
      user: String(user.id),
      userV2: user.objectId!,
      workspace: String(workspace.id),
      group: String(group.id),
      command: await this.latestCommand(environment),
    };
  }

  /** Deletes what a kind names. A command cannot be deleted. */
  async delete(environment: string, kind: Kind, objects: Objects): Promise<void> {
    const paths: Partial<Record<Kind, string>> = {
      user: `users/${objects.user}`,
      userV2: `users/${objects.user}`,
      workspace: `workspaces/${objects.workspace}`,
      group: `groups/${objects.group}`,
    };
    const client = await this.service.client(environment);
    expect((await client('DELETE', `/api/v3/${paths[kind]}`)).status).toBe(204);
  }

  /** Ids of commands are told only while the views lag; the views know them all. */
  async latestCommand(environment: string): Promise<string> {
    const { rows } = await this.postgres.query<{ command_id: string }>(
      'SELECT command_id FROM outcomes WHERE environment = $1 ORDER BY command_id DESC LIMIT 1',
      [environment],
    );
    return rows[0]!.command_id;
  }
}

async function create(client: Client, kind: string, body: object): Promise<{ id: number; objectId?: string }> {
  const answer = await client('POST', `/api/v3/${kind}`, body);
  // On a machine that is full the views may lag for longer than an answer waits for them.
  const made = answer.status === 202 ? await outcomeOf(client, answer.headers.get('location')!) : answer;
  expect(made.status).toBe(201);
  return made.body;
}

function outcomeOf(client: Client, address: string) {
  return eventually(async () => {
    const answer = await client('GET', address);
    expect(answer.body).not.toEqual({ status: 'pending' });
    return answer;
  });
}
