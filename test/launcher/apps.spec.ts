import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startApp } from '../../launcher/apps.ts';
import { restartDelay } from '../../launcher/backoff.ts';
import { warningIn } from '../../launcher/log-follower.ts';
import { openThrowAwaySession, type Session } from '../../launcher/session.ts';
import { summary } from '../../launcher/test.ts';
import { eventually } from '../support/eventually.js';

describe('an app that keeps ending', () => {
  it('is started again ever later, but after 10 s at most', () => {
    const delays = [restartDelay(undefined, 0)];
    while (delays.length < 7) delays.push(restartDelay(delays.at(-1), 100));
    expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it('is started again soon once it has run for half a minute', () => {
    expect(restartDelay(10_000, 30_000)).toBe(500);
  });
});

describe('an app that is started while its servers come up', () => {
  let session: Session;
  beforeEach(async () => {
    session = await openThrowAwaySession('apps');
  });
  afterEach(() => session.processes.stopAll());

  it('is started again, once they are up, where it has given up on them', async () => {
    const { promise: servers, resolve: up } = Promise.withResolvers<void>();
    const pids: number[] = [];
    // Without any settings it ends at once.
    startApp(session, { name: 'projector', env: {}, onStart: (pid) => pids.push(pid) }, servers);
    await eventually(() => expect(session.processes.leaders).toEqual([]));
    expect(pids).toHaveLength(1);
    up();
    await eventually(() => expect(pids).toHaveLength(2));
  });
});

describe("an app's log", () => {
  it('shows warnings and errors with their cause', () => {
    expect(warningIn('{"level":40,"msg":"slow"}')).toBe('slow');
    expect(warningIn('{"level":50,"msg":"cannot store","err":{"message":"disk full"}}')).toBe(
      'cannot store (disk full)',
    );
  });

  it('keeps everything else to itself', () => {
    expect(warningIn('{"level":30,"msg":"listening"}')).toBeUndefined();
    expect(warningIn('plain text')).toBeUndefined();
    expect(warningIn('{"cut')).toBeUndefined();
  });
});

describe('the summary of the tests', () => {
  it('counts a suite that could not be run as a failure', () => {
    expect(summary({ numPassedTests: 5, numFailedTests: 1, numRuntimeErrorTestSuites: 2 })).toBe('5 passed, 3 failed');
  });
});
