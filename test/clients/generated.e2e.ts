import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { GENERATED_CLIENTS, type GeneratedClient } from '../support/generated-clients.js';
import { type Client, type Service, startService } from '../support/service.js';

const USERS = ['user1', 'user2', 'user3', 'user4', 'user5'];

const SENT = {
  one: { accepted: 1, rejected: [] },
  many: { accepted: 3, rejected: ['3 unknown-user'] },
};

const READ = {
  usersV2: USERS,
  usersV3: USERS,
  feed: ['three', 'two', 'one'],
  since: ['three', 'two'],
  until: ['two', 'one'],
  type: ['three'],
  workspace: ['three', 'two'],
  first: [Date.parse('2026-03-01T10:00:00Z'), { path: '/' }],
  roles: ['direct', 'Crew'],
  problem: '/problems/not-found',
};

/** Five users, the first of whom has a role in a workspace by itself and by a group. */
async function prepare(client: Client): Promise<void> {
  for (const username of USERS) await client('POST', '/api/v3/users', { username, email: `${username}@example.com` });
  await client('POST', '/api/v3/workspaces', { name: 'Tide' });
  await client('POST', '/api/v3/groups', { name: 'Crew' });
  await client('PUT', '/api/v3/groups/1/members/1');
  await client('PUT', '/api/v3/workspaces/1/permissions/groups/1', { role: 'viewer' });
  const granted = await client('PUT', '/api/v3/workspaces/1/permissions/users/1', { role: 'admin' });
  expect(granted.status).toBe(204);
}

describe('a client generated from the served document, with nothing but defaults', () => {
  let service: Service;
  const folder = mkdtempSync(join(tmpdir(), 'generated-'));

  beforeAll(async () => {
    service = await startService();
  });
  afterAll(async () => {
    await service?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A client of one language, generated and built in a folder of its own, and how it calls an environment of its own. */
  async function built(language: keyof typeof GENERATED_CLIENTS) {
    const place = join(folder, language);
    mkdirSync(place);
    writeFileSync(join(place, 'openapi.json'), await (await fetch(`${service.url}/docs-json`)).text());
    const program: GeneratedClient = await GENERATED_CLIENTS[language](place);
    const env = {
      TIDEMARK_URL: service.url,
      TIDEMARK_ENVIRONMENT: language,
      TIDEMARK_TOKEN: await service.token({ environments: [language] }),
    };
    return async (phase: 'send' | 'read') => JSON.parse(await program([phase], env)) as unknown;
  }

  it.each(['java', 'typescript', 'python'] as const)(
    '%s: compiles, sends one activity and many, pages users and reads a feed by every filter',
    async (language) => {
      const walk = await built(language);
      const client = await service.client(language);
      await prepare(client);
      expect(await walk('send')).toEqual(SENT);
      await eventually(async () => {
        expect((await client('GET', '/api/v3/users/1/activities/count')).body).toEqual({ count: 3 });
      });
      expect(await walk('read')).toEqual(READ);
    },
    600_000,
  );
});
