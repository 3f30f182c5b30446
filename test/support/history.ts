import { randomUUID } from 'node:crypto';
import { kafkaEventLog } from '#event-log';
import { createLogger } from '#platform';
import { folds } from '../../apps/api/src/api.module.js';
import type { Client, Service } from './service.js';

const USERS = 20;

/**
 * Something for every view, in two environments: each command of the registry, refused ones and keys, activities of which
 * some come twice, users that are gone, and records that are neither, some of which wait.
 */
export async function sendHistory(service: Service): Promise<void> {
  for (const environment of ['demo', 'other']) await sendTo(await service.client(environment));
  await sendRubbish(service);
}

async function sendTo(client: Client): Promise<void> {
  const done = async (method: string, path: string, body?: object, headers?: Record<string, string>) => {
    const { status } = await client(method, `/api/v3/${path}`, body, headers);
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}`);
  };
  const users = Array.from({ length: USERS }, (_, n) => ({ username: `user${n}`, email: `user${n}@example.com` }));
  await done('POST', 'users/batch', users);
  await client('POST', '/api/v3/users', users[0]);
  await done('PATCH', 'users/3', { firstName: 'Cleo', profile: { a: [1, null] } }, { 'idempotency-key': 'once' });
  await done('PUT', 'users/5', { username: 'renamed', email: 'renamed@example.com', lastName: 'Öberg' });
  await done('POST', 'workspaces', { name: 'Tide' });
  await done('POST', 'workspaces', { name: 'Ebb' });
  await done('POST', 'groups', { name: 'Crew' });
  await done('PUT', 'groups/1/members/1');
  await done('PUT', 'groups/1/members/4');
  await done('PUT', 'workspaces/1/permissions/users/2', { role: 'admin' });
  await done('PUT', 'workspaces/1/permissions/groups/1', { role: 'viewer' });
  for (const round of [0, 1, 2]) await done('POST', 'activities', activities(round));
  await done('DELETE', 'workspaces/2');
  await done('DELETE', 'users/4');
}

/** 100 activities, every fourth of them one of the round before again, with data that is awkward to write down. */
export function activities(round: number) {
  return Array.from({ length: 100 }, (_, n) => {
    const id = n % 4 === 0 && round > 0 ? `${(round - 1) * 100 + n}` : `${round * 100 + n}`;
    return {
      id: n % 7 === 0 ? `tab\u2028 \\ "${id}"` : id,
      userId: 1 + (n % 3) + (n % 5),
      type: `type${n % 3}`,
      ...(n % 2 === 0 && { workspaceId: 1 }),
      data: { n, text: `line\n tab\t quote" back\\slash \\N ü`, nested: [null, { a: true }] },
    };
  });
}

/** What an operator asks for: it fails again, or finds nothing that waits. */
function retryOf(key: string) {
  return { key, value: JSON.stringify({ control: 'retry', id: randomUUID(), key, limit: 10, by: 'ops' }) };
}

/** What no door writes, but anybody with access to the log can. */
async function sendRubbish({ config, namespace }: Service): Promise<void> {
  const logger = createLogger('test', 'silent');
  const log = kafkaEventLog({ brokers: config.kafkaBrokers, clientId: 'rubbish', logger });
  const topics = folds(namespace).map(({ topic }) => topic);
  await log.prepare(topics);
  for (const { name } of topics) {
    await log.append(name, [{ key: 'rubbish', value: 'rubbish' }]);
    // Of the user who has nothing else, and of the environment in which nothing waits.
    await log.append(name, [{ key: `demo/${USERS}`, value: 'rubbish' }, retryOf(`demo/${USERS}`), retryOf('demo')]);
  }
  await log.close();
}
