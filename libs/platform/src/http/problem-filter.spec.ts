import { describe, expect, it } from '@jest/globals';
import { type ArgumentsHost } from '@nestjs/common';
import { pino } from 'pino';
import { Problem } from '../problems.js';
import { ProblemFilter } from './problem-filter.js';

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
