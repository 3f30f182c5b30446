import { describe, expect, it } from '@jest/globals';
import { restartDelay } from '../../launcher/backoff.ts';
import { warningIn } from '../../launcher/log-follower.ts';
import { summary } from '../../launcher/test.ts';

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
