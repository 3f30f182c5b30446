import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type FastifyRequest } from 'fastify';
import { pino } from 'pino';
import { metrics } from '../metrics.js';
import { Problem } from '../problems.js';
import { unauthorized } from '../tokens.js';
import { Refusals } from './refusals.js';

const request = {
  id: 'urn:uuid:1',
  method: 'GET',
  url: '/api/v3/users?ticket=secret',
  is404: true,
  subject: 'jane',
  headers: { authorization: 'Bearer secret' },
  raw: { socket: { remoteAddress: '10.0.0.7' } },
} as unknown as FastifyRequest;

describe('the trace of what was refused', () => {
  let lines: Record<string, unknown>[];
  let refusals: Refusals;

  beforeEach(() => {
    jest.useFakeTimers();
    lines = [];
    const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
    refusals = new Refusals(pino({ base: null, timestamp: false }, { write }));
  });
  afterEach(() => void jest.useRealTimers());

  it('says who, from where and why, and nothing of a token', () => {
    refusals.note(new Problem('missing-scope', 'This call needs the scope admin.'), request);
    expect(lines).toEqual([
      {
        level: 40,
        msg: 'refused',
        reason: 'missing-scope',
        status: 403,
        requestId: 'urn:uuid:1',
        method: 'GET',
        path: '/api/v3/users',
        subject: 'jane',
        address: '10.0.0.7',
      },
    ]);
  });

  it('has twenty lines a minute for each reason, and then how many more there were', () => {
    const bad = () => refusals.note(unauthorized('The token is not valid.'), request);
    for (let count = 0; count < 1_000; count += 1) bad();
    expect(lines).toHaveLength(20);
    refusals.note(new Problem('environment-forbidden', 'No.'), request);
    expect(lines.at(-1)).toMatchObject({ reason: 'environment-forbidden' });
    jest.advanceTimersByTime(60_000);
    expect(lines.slice(21)).toEqual([expect.objectContaining({ reason: 'bad-token', leftOut: 980 })]);
    bad();
    expect(lines.at(-1)).toMatchObject({ reason: 'bad-token', msg: 'refused' });
  });

  it('counts all, by their reasons', async () => {
    for (let count = 0; count < 30; count += 1) refusals.note(unauthorized('No.', undefined, 'of this spec'), request);
    expect(await metrics.metrics()).toContain('tidemark_requests_refused_total{reason="of this spec"} 30');
  });
});
