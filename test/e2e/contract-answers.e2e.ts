import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type operations } from '@tidemark/client';
import { type Case, userCases, workspaceCases } from '../support/api-cases.js';
import { activityCases, otherCases, streamCases } from '../support/api-cases-activities.js';
import { statisticsCases } from '../support/api-cases-statistics.js';
import { ApiDocument } from '../support/api-document.js';
import { ObjectMaker } from '../support/api-objects.js';
import { type Service, startService } from '../support/service.js';
import { typedClient } from '../support/typed-client.js';

// An operation of the document without a case does not compile.
const cases: Record<keyof operations, Case> = {
  ...userCases,
  ...workspaceCases,
  ...activityCases,
  ...statisticsCases,
  ...streamCases,
  ...otherCases,
};

/** The reads of activities, and all statistics: an answer of each is held against what the document says of its headers. */
const READS = /\/users\/\{user_id\}\/(activities|activeworkspaces)|\/(usage-)?statistics\//;

describe('through the published client, every call of the document', () => {
  let service: Service;
  let document: ApiDocument;
  let objects: ObjectMaker;

  beforeAll(async () => {
    service = await startService();
    document = await ApiDocument.of(service.url);
    objects = new ObjectMaker(service);
  });
  afterAll(async () => {
    await objects?.close();
    await service?.stop();
  });

  it('is shown here', () => {
    expect(document.operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(cases).sort());
  });

  it('tells where it stands where it reads activities or what follows from them', () => {
    const reads = document.operations.filter(({ method, path }) => method === 'GET' && READS.test(path));
    expect(reads.length).toBeGreaterThanOrEqual(5);
    const silent = reads.filter(({ responses }) => !responses[200]?.headers?.['Tidemark-Position']?.required);
    expect(silent.map(({ operationId }) => operationId)).toEqual([]);
  });

  it.each(Object.keys(cases) as (keyof operations)[])('%s answers as documented', async (id) => {
    const answered: string[] = [];
    const given = { document, objects: await objects.make(id) };
    const tidemark = await typedClient(service, document, id, ({ operationId }) => answered.push(operationId));
    const { response } = await cases[id]({ ...given, tidemark });
    expect(response.ok).toBe(true);
    expect(answered.at(-1)).toBe(id);
  });
});
