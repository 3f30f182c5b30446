import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiDocument, type Exchanged, type Operation } from '../support/api-document.js';
import { isCommand } from '../support/api-faults.js';
import { ObjectMaker } from '../support/api-objects.js';
import { type ApiRequest, exchange, objectsNamed, requestFor } from '../support/api-requests.js';
import { eventually } from '../support/eventually.js';
import { type Service, startService } from '../support/service.js';

const ENVIRONMENT = 'outcomes';
const json = (body: object, headers: Record<string, string> = {}) => ({
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

// Pairs to an environment that has a user 1 and a workspace 1: the log lets one of each in, whichever comes first.
const post = (username: string, email: string, headers?: Record<string, string>) => ({
  method: 'POST',
  path: '/api/v3/users',
  ...json({ username, email: `${email}@example.com` }, headers),
});
const rename = (firstName: string) => ({
  method: 'PATCH',
  path: '/api/v3/users/1',
  ...json({ firstName }, { 'if-match': '"1"' }),
});
const withKey = ({ headers, ...request }: ApiRequest, key: string) => {
  return { ...request, headers: { ...headers, 'idempotency-key': key } };
};
const leave = { method: 'DELETE', path: '/api/v3/workspaces/1', headers: {} };
const PAIRS: Record<string, [ApiRequest, ApiRequest]> = {
  '201, 409 username-taken': [post('ann', 'ann-one'), post('ann', 'ann-two')],
  '201, 409 email-taken': [post('bob-one', 'bob'), post('bob-two', 'bob')],
  '201, 422 idempotency-key-reused': [
    post('cid', 'cid', { 'idempotency-key': 'one' }),
    post('dan', 'dan', { 'idempotency-key': 'one' }),
  ],
  '200, 412 stale-version': [rename('Ann'), rename('Anna')],
  '204, 404 not-found': [leave, leave],
};

describe('while the views lag', () => {
  let service: Service;
  let other: Service;
  let document: ApiDocument;
  let commands: Operation[];
  const requests = new Map<Operation, ApiRequest>();

  const send = async (environment: string, { headers, ...request }: ApiRequest, to = service) => {
    const authorization = `Bearer ${await service.token({ environments: [environment] })}`;
    return exchange(to.url, { ...request, headers: { ...headers, authorization, 'environment-id': environment } });
  };
  const documented = (operation: Operation, answer: Exchanged) =>
    expect([operation.operationId, document.faultsOf(operation, answer)]).toEqual([operation.operationId, []]);

  beforeAll(async () => {
    service = await startService();
    document = await ApiDocument.of(service.url);
    commands = document.operations.filter(isCommand);
    const objects = new ObjectMaker(service);
    await objects.make(ENVIRONMENT);
    for (const operation of commands) {
      const made = await objects.make(operation.operationId);
      const ids = [...objectsNamed(operation)].map(([name, kind]) => [name, made[kind]]);
      requests.set(operation, requestFor(operation, Object.fromEntries(ids) as Record<string, string>));
    }
    await objects.close();
    await service.stopProjector();
    other = await startService({ namespace: service.namespace.name, owner: false, projector: false });
  });
  afterAll(async () => {
    await other?.stop();
    await service?.stop();
  });

  it('every command is answered with where to ask, and under its key with when to ask again, as documented', async () => {
    expect(commands.length).toBeGreaterThan(10);
    await Promise.all(
      commands.map(async (operation) => {
        const request = withKey(requests.get(operation)!, 'key');
        const answers = [await send(operation.operationId, request), await send(operation.operationId, request)];
        const said = answers.map((answer) => `${answer.status} ${codeOf(answer)}`.trim());
        expect([operation.operationId, ...said]).toEqual([operation.operationId, '202', '409 in-flight']);
        for (const answer of answers) documented(operation, answer);
      }),
    );
  });

  it('history is turned away with when to come again, as documented', async () => {
    const append = document.operation('appendActivities');
    const line = '{"userId":1,"type":"x"}\n';
    const headers = { 'content-type': 'application/x-ndjson', 'tidemark-lane': 'backfill' };
    const history = { method: 'POST', path: '/api/v3/activities', headers, body: line.repeat(10_000) };
    const refused = await eventually(async () => {
      const answer = await send(ENVIRONMENT, history);
      expect(answer.status).toBe(429);
      return answer;
    });
    documented(append, refused);
  });

  it('what becomes of commands is told, of one at its address and of a batch to who waits, as documented', async () => {
    const getCommand = document.operation('getCommand');
    const ask = (address: string) => send(ENVIRONMENT, { method: 'GET', path: address, headers: {} });
    // To two instances, since one would turn the second request under a key away.
    const commit = async (request: ApiRequest, index: number) => {
      const { status, headers } = await send(ENVIRONMENT, request, [service, other][index]);
      expect(status).toBe(202);
      return headers.get('location')!;
    };
    const sent = await Promise.all(Object.values(PAIRS).map((pair) => Promise.all(pair.map(commit))));
    documented(getCommand, await ask(sent[0]![0]!));
    const registerUsers = document.operation('registerUsers');
    const batch = withKey(requestFor(registerUsers, {}), 'batch');
    const batches = [send(ENVIRONMENT, batch), send(ENVIRONMENT, batch)];
    expect(codeOf(await Promise.race(batches))).toBe('in-flight');
    const projecting = await startService({ namespace: service.namespace.name, owner: false });
    const settled = (address: string) =>
      eventually(async () => {
        const answer = await ask(address);
        expect(answer.text).not.toBe('{"status":"pending"}');
        documented(getCommand, answer);
        return `${answer.status} ${codeOf(answer)}`.trim();
      });
    try {
      const outcomes = await Promise.all(sent.map((pair) => Promise.all(pair.map(settled))));
      expect(outcomes.map((pair) => pair.sort().join(', '))).toEqual(Object.keys(PAIRS));
      const answers = await Promise.all(batches);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      for (const answer of answers) documented(registerUsers, answer);
    } finally {
      await projecting.stop();
    }
  });
});

function codeOf({ text }: Exchanged): string {
  return (JSON.parse(text || '{}') as { type?: string }).type?.replace('/problems/', '') ?? '';
}
