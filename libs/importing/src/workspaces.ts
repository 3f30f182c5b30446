import { createHash, randomUUID } from 'node:crypto';
import { type CountedBefore } from './counted-before.js';
import { type Commit } from './git-history.js';
import { authorOf, cut } from './git-identities.js';
import { ImportError } from './import-error.js';
import { findPerson } from './people.js';
import { plain } from './plain-text.js';
import { type Answer, refusalOf, type ServiceClient } from './service-client.js';

export interface Workspace {
  readonly id: number;
  readonly name: string;
  readonly isNew: boolean;
  /** The name that another workspace had, where that is why this one has got a longer name. */
  readonly taken?: string;
}

type Found = Pick<Workspace, 'id' | 'name'>;

/** Source: the service's limit of a workspace's name, in UTF-16 units. */
const MAX_NAME = 150;

/**
 * The first workspace of that name, which is made where there is none.
 * @throws ImportError when the service refuses
 */
export async function workspaceNamed(client: ServiceClient, wanted: string): Promise<Workspace> {
  const name = nameOf(wanted);
  const found = (await all(client)).find((workspace) => workspace.name.normalize('NFC') === name);
  return found ? { ...found, isNew: false } : create(client, name, randomUUID());
}

/**
 * The workspace in which the first or latest commit of a repository was counted, whatever it is called by now; a new one
 * where none was: a workspace of the same name is another repository's.
 * @throws ImportError when the service refuses
 */
export async function workspaceOf(
  client: ServiceClient,
  before: CountedBefore,
  ends: readonly Commit[],
  wanted: string,
): Promise<Workspace> {
  if (ends.length === 0) return workspaceNamed(client, wanted);
  for (const { address, name, hash } of ends) {
    const person = await findPerson(client, authorOf(address, name));
    if (person) await before.load(person.id);
    const found = person && (await withId(client, before.workspaceOf(person.id, hash)));
    if (found) return { ...found, isNew: false };
  }
  return ownWorkspace(client, nameOf(wanted), ends[0]!.hash);
}

/** The same workspace again where an import was interrupted before its first commit was counted. */
async function ownWorkspace(client: ServiceClient, name: string, root: string): Promise<Workspace> {
  const others = await all(client);
  const key = createHash('sha256').update(`${root} ${name}`).digest('hex');
  const made = await create(client, name, key);
  const found = await withId(client, made.id);
  if (!found) return create(client, name, randomUUID());
  if (others.some(({ id }) => id === found.id)) return { ...found, isNew: false };
  const names = new Set(others.map((other) => other.name.normalize('NFC')));
  if (!names.has(name)) return made;
  const free = freeName(name, names);
  expected(await client.send('PATCH', `api/v3/workspaces/${found.id}`, { body: { name: free } }));
  return { id: found.id, name: free, isNew: true, taken: name };
}

function freeName(name: string, names: ReadonlySet<string>): string {
  for (let n = 2; ; n += 1) {
    const free = `${cut(name, MAX_NAME - 8)} (${n})`;
    if (!names.has(free)) return free;
  }
}

// Names need not be unique: only the key keeps a resend from making a second one.
async function create(client: ServiceClient, name: string, key: string): Promise<Workspace> {
  const answer = await client.command('POST', 'api/v3/workspaces', {
    body: { name },
    headers: { 'idempotency-key': key },
  });
  const { id } = expected(answer) as { id?: unknown };
  if (typeof id !== 'number') throw notTheService();
  return { id, name, isNew: true };
}

async function withId(client: ServiceClient, id: number | undefined): Promise<Found | undefined> {
  if (id === undefined) return undefined;
  const answer = await client.send('GET', `api/v3/workspaces/${id}`);
  return answer.status === 404 ? undefined : (expected(answer) as Found);
}

// By id and not page by page: deletions meanwhile would move pages, and a workspace that exists would be made again.
async function all(client: ServiceClient): Promise<Found[]> {
  const found: Found[] = [];
  for (;;) {
    const answer = await client.send('GET', `api/v3/workspaces?after=${found.at(-1)?.id ?? 0}`);
    const { results, next } = expected(answer) as { results?: Found[]; next?: unknown };
    if (!Array.isArray(results)) throw notTheService();
    found.push(...results);
    if (typeof next !== 'string' || results.length === 0) return found;
  }
}

/** Composed (NFC), as most keyboards write it: file systems may give the other form. */
const nameOf = (wanted: string) => cut(plain(wanted).normalize('NFC'), MAX_NAME);

function expected(answer: Answer): object {
  if (answer.status >= 300) throw new ImportError(`The service refuses the workspace: ${refusalOf(answer).detail}`);
  return typeof answer.body === 'object' && answer.body !== null ? answer.body : {};
}

function notTheService(): ImportError {
  return new ImportError('What answers there is not Tidemark.');
}
