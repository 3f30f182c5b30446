import { randomUUID } from 'node:crypto';
import { cut } from './git-identities.js';
import { ImportError } from './import-error.js';
import { type Answer, refusalOf, type ServiceClient } from './service-client.js';

export interface Workspace {
  readonly id: number;
  readonly name: string;
  readonly isNew: boolean;
}

/** Source: the service's limit of a workspace's name, in UTF-16 units. */
const MAX_NAME = 150;

/**
 * The first workspace of that name, which is made where there is none.
 * @throws ImportError when the service refuses
 */
export async function workspaceNamed(client: ServiceClient, wanted: string): Promise<Workspace> {
  const name = cut(wanted.replace(/\p{Cc}/gu, '\uFFFD'), MAX_NAME);
  const found = await find(client, name);
  if (found) return { ...found, isNew: false };
  // Names need not be unique: only the key keeps a resend from making a second one.
  const answer = await client.command('POST', 'api/v3/workspaces', {
    body: { name },
    headers: { 'idempotency-key': randomUUID() },
  });
  const { id } = expected(answer) as { id?: unknown };
  if (typeof id !== 'number') throw notTheService();
  return { id, name, isNew: true };
}

async function find(client: ServiceClient, name: string): Promise<{ id: number; name: string } | undefined> {
  for (let page = 1; ; page += 1) {
    const answer = await client.send('GET', `api/v3/workspaces?page=${page}`);
    // The last page may have gone since its predecessor named it.
    if (answer.status === 404 && page > 1) return undefined;
    const { results, next } = expected(answer) as { results?: { id: number; name: string }[]; next?: unknown };
    if (!Array.isArray(results)) throw notTheService();
    const found = results.find((workspace) => workspace.name === name);
    if (found || typeof next !== 'string') return found;
  }
}

function expected(answer: Answer): object {
  if (answer.status >= 300) throw new ImportError(`The service refuses the workspace: ${refusalOf(answer).detail}`);
  return typeof answer.body === 'object' && answer.body !== null ? answer.body : {};
}

function notTheService(): ImportError {
  return new ImportError('What answers there is not Tidemark.');
}
