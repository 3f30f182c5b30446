import { Module } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { eventually } from '../../../test/support/eventually.js';
import { HealthModule, type ReadinessCheck } from './health.js';
import { httpApplication } from './http/listen.js';

@Module({})
class Probed {}

describe('whether a process is ready', () => {
  let app: NestFastifyApplication;
  let looks: PromiseWithResolvers<void>[];

  beforeEach(async () => {
    looks = [];
    const check = () => {
      const look = Promise.withResolvers<void>();
      looks.push(look);
      return look.promise;
    };
    const checks: ReadinessCheck[] = [{ name: 'log', check }];
    const imports = [HealthModule.with({ inject: [], useFactory: () => checks })];
    const auth = { secrets: ['a secret of the specs, 32 bytes or more'] };
    app = await httpApplication({ module: Probed, imports }, { auth, logger: pino({ level: 'silent' }) });
    await app.init();
  });
  afterEach(() => app.close());

  const probe = async () => {
    const { statusCode, payload } = await app.inject('/health/ready');
    return [statusCode, JSON.parse(payload) as object];
  };

  it('is looked at once for all who ask meanwhile, and anew for who asks later', async () => {
    const probes = Array.from({ length: 50 }, probe);
    await eventually(() => expect(looks).not.toEqual([]));
    // So late that each of them is waiting.
    expect(await app.inject('/health/live')).toMatchObject({ statusCode: 200 });
    looks[0]!.resolve();
    expect(new Set((await Promise.all(probes)).map(([status]) => status))).toEqual(new Set([200]));
    expect(looks).toHaveLength(1);
    const later = probe();
    await eventually(() => expect(looks).toHaveLength(2));
    looks[1]!.reject(new Error('the topic is missing'));
    expect(await later).toEqual([503, { status: 'unavailable', checks: { log: 'the topic is missing' } }]);
  });

  const rebuilding = 'the views of activities are being rebuilt: 7 records of the log to go';
  it.each([
    [rebuilding, rebuilding],
    ['connect ECONNREFUSED postgres://tidemark:secret@db', 'does not answer'],
  ])('is told with its reason where that is safe to show (%s)', async (reason, log) => {
    const answer = probe();
    await eventually(() => expect(looks).toHaveLength(1));
    looks[0]!.reject(new Error(reason));
    expect(await answer).toEqual([503, { status: 'unavailable', checks: { log } }]);
  });
});
