import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SCOPES } from '#platform';
import { ApiDocument, type Exchanged, type Operation } from '../support/api-document.js';
import { ObjectMaker } from '../support/api-objects.js';
import { exchange, type Kind, type Objects, objectsNamed, requestFor } from '../support/api-requests.js';
import { type Service, startService } from '../support/service.js';

// Its objects have the ids and names of those in the other environments here, and it has more of them.
const ELSEWHERE = 'elsewhere';
const MORE = 4;

// A command that nobody can still be waiting for, and ids that no environment comes to here.
const NEVER: Objects = {
  user: '999999',
  userV2: '0'.repeat(24),
  workspace: '999999',
  group: '999999',
  command: '01890000-0000-7000-8000-000000000000',
};

describe('every call of the document', () => {
  let service: Service;
  let document: ApiDocument;
  let objects: ObjectMaker;
  let elsewhere: Objects;

  beforeAll(async () => {
    service = await startService();
    document = await ApiDocument.of(service.url);
    objects = new ObjectMaker(service);
    for (let made = 0; made < MORE; made += 1) elsewhere = await objects.make(ELSEWHERE);
  });
  afterAll(async () => {
    await objects?.close();
    await service?.stop();
  });

  const calls = () => document.operations.filter(({ path }) => path.startsWith('/api/'));
  const namedIds = (operation: Operation, ids: Objects) =>
    Object.fromEntries([...objectsNamed(operation)].map(([name, kind]) => [name, ids[kind]]));
  /** The call, whole and right, for these ids in an environment. */
  const send = (operation: Operation, environment: string, ids: Record<string, string>, authorization: string) => {
    const { headers, ...request } = requestFor(operation, ids);
    const caller = { 'environment-id': environment, ...(authorization && { authorization }) };
    return exchange(service.url, { ...request, headers: { ...headers, ...caller } });
  };
  const bearer = async (environment: string, scope?: string) =>
    `Bearer ${await service.token({ environments: [environment], scope })}`;
  /** What is wrong with each answer, by the call. */
  const checkAll = async (check: (operation: Operation) => Promise<string[]>) => {
    const checked = await Promise.all(
      calls().map(async (operation) => [operation.operationId, await check(operation)] as const),
    );
    expect(checked.filter(([, faults]) => faults.length > 0)).toEqual([]);
    expect(checked.length).toBeGreaterThan(30);
  };
  const refusal = (operation: Operation, { headers, text, ...answer }: Exchanged, status: number, code: string) => {
    const body = JSON.parse(text || '{}') as { type?: string; error?: { code?: string } };
    const said = operation.path.startsWith('/api/v2/') ? body.error?.code : body.type?.replace('/problems/', '');
    return [
      ...document.faultsOf(operation, { ...answer, headers, text }),
      ...(answer.status === status && said === code ? [] : [`${answer.status} ${said} in place of ${status} ${code}`]),
    ];
  };

  it('is answered as documented, with each of the scopes that it names, about what is in its environment', () =>
    checkAll(async (operation) => {
      const faults = [];
      for (const scope of scopesOf(operation)) {
        const environment = `${operation.operationId}-${scope.replace(':', '-')}`;
        // What became of a command is told to whom it concerns.
        const last = scope.startsWith('users') || scope === 'admin' ? 'user' : 'group';
        const ids = namedIds(operation, await objects.make(environment, last));
        const answer = await send(operation, environment, ids, await bearer(environment, scope));
        if (answer.status >= 400) faults.push(`${answer.status} ${answer.text}`);
        faults.push(...document.faultsOf(operation, answer));
      }
      return faults;
    }));

  it('needs a token under /api/ and nowhere else', async () => {
    const open = document.operations.filter(({ security }) => security.length === 0);
    expect(open.map(({ path }) => path)).toEqual(
      document.operations.filter((operation) => !calls().includes(operation)).map(({ path }) => path),
    );
    for (const operation of open) {
      const answer = await exchange(service.url, requestFor(operation, {}));
      expect([operation.operationId, answer.status]).toEqual([operation.operationId, 200]);
    }
  });

  it('is 401 and says how to come back without a token, and with one that is none', () =>
    checkAll(async (operation) => {
      const faults = [];
      const bare = 'Bearer realm="tidemark"';
      for (const [token, challenge] of [
        ['', bare],
        ['Bearer x.y.z', `${bare}, error="invalid_token"`],
        [`Basic ${btoa('jane:secret')}`, bare],
      ] as const) {
        const answer = await send(operation, ELSEWHERE, namedIds(operation, elsewhere), token);
        faults.push(...refusal(operation, answer, 401, 'unauthorized'));
        const challenged = answer.headers.get('www-authenticate');
        if (challenged !== challenge) faults.push(`WWW-Authenticate: ${challenged}`);
      }
      return faults;
    }));

  it('is 403 with every scope but its own', () =>
    checkAll(async (operation) => {
      const own = scopesOf(operation);
      const others = SCOPES.filter((scope) => !own.includes(scope)).join(' ');
      const ids = namedIds(operation, elsewhere);
      const answer = await send(operation, ELSEWHERE, ids, await bearer(ELSEWHERE, others));
      const challenge = `Bearer realm="tidemark", error="insufficient_scope", scope="${own.join(' ')}"`;
      const challenged = answer.headers.get('www-authenticate');
      if (challenged !== challenge) return [`WWW-Authenticate: ${challenged}`];
      return [...(own.length > 0 ? [] : ['names no scope']), ...refusal(operation, answer, 403, 'missing-scope')];
    }));

  it.each([
    ['user', 'users', 'workspaces'],
    ['group', 'workspaces', 'users'],
  ] as const)(
    'about a command of a %s is answered to tokens for %s, and not to those for %s',
    async (last, own, other) => {
      const environment = `command-of-a-${last}`;
      await objects.make(environment, last);
      const client = await service.client(environment);
      const taken = { username: 'somebody1', email: 'another@example.com' };
      if (last === 'user') expect((await client('POST', '/api/v3/users', taken)).status).toBe(409);
      const path = `/api/v3/commands/${await objects.latestCommand(environment)}`;
      for (const [scope, status] of [
        [`${own}:read`, last === 'user' ? 409 : 201],
        [`${own}:write`, last === 'user' ? 409 : 201],
        [`${other}:read`, 404],
        [`${other}:write`, 404],
        ['admin', last === 'user' ? 409 : 404],
      ] as const) {
        const answer = await (await service.client(environment, { scope }))('GET', path);
        expect([scope, answer.status]).toEqual([scope, status]);
      }
    },
  );

  it('is 403 for an environment that the token does not name', () =>
    checkAll(async (operation) => {
      const answer = await send(operation, ELSEWHERE, namedIds(operation, elsewhere), await bearer('another'));
      return refusal(operation, answer, 403, 'environment-forbidden');
    }));

  it('is 404 for what never existed, and in the same words for what is deleted or in another environment', () =>
    checkAll(async (operation) => {
      const faults = [];
      for (const [parameter, kind] of objectsNamed(operation)) {
        const environment = `${operation.operationId}-${parameter}`;
        const others = namedIds(operation, await objects.make(environment));
        const token = await bearer(environment);
        const ask = (other: Objects) => send(operation, environment, { ...others, [parameter]: other[kind] }, token);
        const never = await ask(NEVER);
        faults.push(...refusal(operation, never, 404, 'not-found'));
        const unknown = kind === 'command' ? await ask({ ...NEVER, command: commandOfNow() }) : never;
        for (const hidden of await hiddenFrom(environment, kind)) {
          faults.push(...differences(unknown, await ask(hidden), parameter));
        }
      }
      return faults;
    }));

  /** Objects that an environment must not show: another's, and one of its own that is deleted. */
  async function hiddenFrom(environment: string, kind: Kind): Promise<Objects[]> {
    if (kind === 'command') return [elsewhere];
    const deleted = await objects.make(environment);
    await objects.delete(environment, kind, deleted);
    expect(Number(elsewhere.user)).toBeGreaterThan(Number(deleted.user));
    return [elsewhere, deleted];
  }
});

/** The id of a command that could be on its way, and never was: whoever asks for another's is told the same. */
function commandOfNow(): string {
  const now = Date.now().toString(16).padStart(12, '0');
  return `${now.slice(0, 8)}-${now.slice(8)}-7000-8000-000000000000`;
}

const scopesOf = ({ security }: Operation) => security.flatMap(({ bearer = [] }) => bearer);

function differences(never: Exchanged, hidden: Exchanged, parameter: string): string[] {
  const seen = [never, hidden].map(({ status, headers, text }) => {
    const { instance: _, ...body } = JSON.parse(text || '{}') as Record<string, unknown>;
    const { date: __, 'request-id': ___, ...others } = Object.fromEntries(headers) as Record<string, string>;
    return JSON.stringify({ status, body, headers: others });
  });
  return seen[0] === seen[1] ? [] : [`${parameter}: ${seen[1]} in place of ${seen[0]}`];
}
