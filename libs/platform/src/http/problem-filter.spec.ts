import { describe, expect, it } from '@jest/globals';
import { type ArgumentsHost, HttpException } from '@nestjs/common';
import { pino } from 'pino';
import { Problem } from '../problems.js';
import { asProblem, ProblemFilter } from './problem-filter.js';

/** What is logged where this is thrown, a line an entry. */
function logged(...thrown: unknown[]): Record<string, unknown>[] {
  const lines: string[] = [];
  const filter = new ProblemFilter(pino({ base: null }, { write: (line) => void lines.push(line) }));
  const http = { getRequest: () => ({ id: 'urn:uuid:1' }), getResponse: () => ({ sent: true }) };
  for (const each of thrown) filter.catch(each, { switchToHttp: () => http } as unknown as ArgumentsHost);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log of what went wrong', () => {
  it('has where an error of ours came from', () => {
    expect(logged(new TypeError('a mistake'))).toEqual([
      expect.objectContaining({
        requestId: 'urn:uuid:1',
        err: { type: 'TypeError', message: 'a mistake', stack: expect.stringContaining('problem-filter.spec') },
      }),
    ]);
  });

  it('says of an outage, which fails every request, only what is down', () => {
    const refused = new AggregateError([new Error('connect ECONNREFUSED ::1:5432')]);
    const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9092'), { code: 'ECONNREFUSED' });
    const entries = logged(
      Object.assign(refused, { code: 'ECONNREFUSED' }),
      new Problem('unavailable', 'No log.', { cause }),
    );
    expect(entries.map(({ err }) => err)).toEqual([
      { type: 'AggregateError', message: 'ECONNREFUSED' },
      { type: 'Error', message: 'connect ECONNREFUSED 127.0.0.1:9092' },
    ]);
    expect(entries[0]).toMatchObject({ requestId: 'urn:uuid:1', msg: expect.stringMatching(/does not answer/) });
  });

  it('keeps what a client did wrong to itself', () => {
    expect(logged(new Problem('not-found', 'There is no such user.'))).toEqual([]);
  });
});

describe('what a request is answered where something fails', () => {
  const system = (code: string) => Object.assign(new Error(`connect ${code}`), { code, syscall: 'connect' });
  const state = (code: string) => Object.assign(new Error('as Postgres says'), { code, severity: 'ERROR' });

  it.each([
    ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'ENETDOWN', 'EHOSTDOWN', 'EMFILE'].map(system),
    ...['08006', '40001', '40P01', '42P01', '3F000', '25006', '53300', '57014', '57P01', 'XX000'].map(state),
    new Error('Connection terminated unexpectedly'),
    new AggregateError([system('ECONNREFUSED')]),
    new TypeError('fetch failed', { cause: system('EAI_AGAIN') }),
  ])('is to come back soon, where it is an outage: %s', (thrown) => {
    const { status, more } = asProblem(thrown);
    expect({ status, headers: more.headers }).toEqual({ status: 503, headers: { 'retry-after': '2' } });
  });

  it.each([new TypeError('a mistake'), new RangeError('a mistake'), state('23505'), state('22P02')])(
    'is that it is our mistake, where it is: %s',
    (thrown) => expect(asProblem(thrown).status).toBe(500),
  );

  it.each([
    [400, 'invalid-request'],
    [404, 'not-found'],
    [413, 'too-large'],
    [500, 'internal'],
    [503, 'unavailable'],
  ])('is the status that an error of the framework has: %d', (status, code) => {
    expect(asProblem(new HttpException('told so', status)).code).toBe(code);
    expect(asProblem(Object.assign(new Error('told so'), { statusCode: status })).code).toBe(code);
  });
});
