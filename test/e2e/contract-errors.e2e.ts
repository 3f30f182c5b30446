import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiDocument, type Exchanged, type Operation } from '../support/api-document.js';
import { type Fault, FAULTS, isCommand, taken } from '../support/api-faults.js';
import { ObjectMaker } from '../support/api-objects.js';
import { type ApiRequest, bodyExamples, exchange, objectsNamed, requestFor } from '../support/api-requests.js';
import { type Service, startService } from '../support/service.js';

describe('what the document says can go wrong', () => {
  let service: Service;
  let document: ApiDocument;
  let objects: ObjectMaker;

  const calls = () => document.operations.filter(({ path }) => path.startsWith('/api/'));
  const idsIn = async (operation: Operation, environment: string) => {
    const made = await objects.make(environment);
    return Object.fromEntries([...objectsNamed(operation)].map(([name, kind]) => [name, made[kind]]));
  };
  const caller = async (at: Service, environment: string) => ({
    authorization: `Bearer ${await at.token({ environments: [environment] })}`,
    'environment-id': environment,
  });
  const sendTo = async (at: Service, environment: string, { headers, ...request }: ApiRequest) =>
    exchange(at.url, { ...request, headers: { ...(await caller(at, environment)), ...headers } });
  /** What is wrong with an answer that should have this status, and this code where it is a problem. */
  const judge = (operation: Operation, answer: Exchanged, status: number, code?: string) => {
    const right = answer.status === status && (code === undefined || codeOf(answer) === code);
    return [
      ...document.faultsOf(operation, answer),
      ...(right ? [] : [`${answer.status} ${answer.text.slice(0, 300)} in place of ${status} ${code ?? ''}`]),
    ];
  };
  const checkAll = async (operations: Operation[], check: (operation: Operation) => Promise<string[]>) => {
    expect(operations.length).toBeGreaterThan(0);
    const checked = await Promise.all(operations.map(async (one) => [one.operationId, await check(one)] as const));
    expect(checked.filter(([, faults]) => faults.length > 0)).toEqual([]);
  };

  beforeAll(async () => {
    service = await startService();
    document = await ApiDocument.of(service.url);
    objects = new ObjectMaker(service);
  });
  afterAll(async () => {
    await objects?.close();
    await service?.stop();
  });

  it.each(FAULTS.map((fault) => [fault.name, fault] as const))('%s is answered as documented', (name, fault) =>
    checkAll(calls().filter(fault.applies), async (operation) => {
      const environment = `${operation.operationId}-${FAULTS.indexOf(fault)}`;
      const ids = await idsIn(operation, environment);
      const client = await service.client(environment);
      await client('POST', '/api/v3/users', taken, { 'idempotency-key': 'used' });
      await fault.before?.(client);
      const request = fault.spoil(requestFor(operation, ids), operation);
      return judge(operation, await sendTo(service, environment, request), fault.status, fault.code);
    }),
  );

  it.each([
    ['empty', (name: string) => `${name}=`],
    ['repeated', (name: string) => `${name}=1&${name}=2`],
    ['unknown and empty', (name: string) => `no-${name}=`],
  ])('a parameter that is %s is answered as documented, whichever it is', (what, spoilt) =>
    checkAll(calls().filter(hasQuery), async (operation) => {
      const request = requestFor(operation, await idsIn(operation, `${operation.operationId}-query`));
      const [path, required = ''] = request.path.split('?');
      const faults = queryNames(operation).map(async (name) => {
        const others = [...new URLSearchParams(required)].filter(([other]) => other !== name);
        const query = [new URLSearchParams(others).toString(), spoilt(name)].filter(Boolean).join('&');
        const answer = await sendTo(service, `${operation.operationId}-query`, {
          ...request,
          path: `${path}?${query}`,
        });
        return judge(operation, answer, 400, 'invalid-request').map((fault) => `${name} ${what}: ${fault}`);
      });
      return (await Promise.all(faults)).flat();
    }),
  );

  it('a call without its environment is answered as documented', () =>
    checkAll(calls(), async (operation) => {
      const several = `Bearer ${await service.token({ environments: ['one', 'two'] })}`;
      const { headers, ...request } = requestFor(operation, await idsIn(operation, `${operation.operationId}-none`));
      const answer = await exchange(service.url, { ...request, headers: { ...headers, authorization: several } });
      return judge(operation, answer, 400, 'environment-required');
    }));

  it('every example of a body is taken', () =>
    checkAll(
      calls().filter(({ requestBody }) => requestBody),
      async (operation) => {
        const faults = [];
        for (const [index, example] of bodyExamples(operation).entries()) {
          const environment = `${operation.operationId}-example-${index}`;
          const ids = await idsIn(operation, environment);
          if (operation.operationId === 'appendActivities') {
            await (
              await service.client(environment)
            )('POST', '/api/v3/users', { username: 'jane', email: 'jane@x.y' });
          }
          const answer = await sendTo(service, environment, requestFor(operation, ids, example));
          faults.push(...judge(operation, answer, usualStatus(operation)));
        }
        return faults;
      },
    ));

  it('views that are not there are answered as documented', async () => {
    const unready = await startService({ projector: false });
    try {
      await checkAll(calls(), async (operation) => {
        const ids = Object.fromEntries([...objectsNamed(operation)].map(([name, kind]) => [name, NOWHERE[kind]]));
        const answer = await sendTo(unready, 'demo', requestFor(operation, ids));
        return judge(operation, answer, 503, 'unavailable');
      });
      const ready = document.operation('isReady');
      expect(judge(ready, await sendTo(unready, 'demo', requestFor(ready, {})), 503)).toEqual([]);
    } finally {
      await unready.stop();
    }
  });

  it('a problem that there is not is answered as documented', async () => {
    const explain = document.operation('explainProblem');
    const answer = await sendTo(service, 'demo', requestFor(explain, { code: 'no-such-problem' }));
    expect(judge(explain, answer, 404, 'not-found')).toEqual([]);
  });

  it('and nothing else: each answer of the document is shown by a test', () => {
    const unseen = calls().flatMap((operation) =>
      document.answersOf(operation).flatMap(({ status, code }) => {
        const shown =
          isShownElsewhere(operation, status, code) || FAULTS.some((fault) => shows(fault, operation, status, code));
        return shown ? [] : [`${operation.operationId} ${status} ${code}`];
      }),
    );
    expect(unseen).toEqual([]);
  });
});

const queryNames = ({ parameters }: Operation) =>
  parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
const hasQuery = (operation: Operation) => queryNames(operation).length > 0;

function codeOf({ text }: Exchanged): string | undefined {
  const { type, error } = JSON.parse(text || '{}') as { type?: string; error?: { code: string } };
  return error?.code ?? type?.replace('/problems/', '');
}

/** The lowest, but for what a command answers while the views lag. */
function usualStatus(operation: Operation): number {
  const statuses = Object.keys(operation.responses).map(Number);
  return statuses.find((status) => status !== 202 || !isCommand(operation))!;
}

const shows = (fault: Fault, operation: Operation, status: number, code?: string) =>
  fault.status === status && fault.code === code && fault.applies(operation);

/** By contract-answers, contract-access and contract-lag; by nothing that can be arranged, a fault of the service. */
function isShownElsewhere(operation: Operation, status: number, code?: string): boolean {
  if (status === usualStatus(operation) || operation.operationId === 'getCommand') return true;
  if (status === 202 && isCommand(operation)) return true;
  if (code === 'in-flight') return true;
  if (status === 404) return objectsNamed(operation).size > 0;
  return code === 'environment-required' || [401, 403, 408, 429, 500, 503].includes(status);
}

const NOWHERE = {
  user: '1',
  userV2: '0'.repeat(24),
  workspace: '1',
  group: '1',
  command: '019aaa2e-5a3c-7d64-b6a1-3f0c2a9b7e11',
};
