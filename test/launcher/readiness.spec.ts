import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { RunningProcess } from '../../launcher/processes.ts';
import { type Readiness, untilReady } from '../../launcher/readiness.ts';
import { Refusal } from '../../launcher/refusal.ts';

const running = { exitCode: new Promise<number>(() => undefined), spec: { kind: 'app' } } as RunningProcess;
const TOO_SOON_MS = 1;

describe('an app that is not ready', () => {
  let said: jest.Spied<typeof process.stdout.write>;
  beforeEach(() => void (said = jest.spyOn(process.stdout, 'write').mockReturnValue(true)));
  afterEach(() => said.mockRestore());

  /** Answers so at each question, one behind the other, and with the last for ever. */
  const wait = (...answers: Readiness[]) => {
    const isReady = async () => (answers.length > 1 ? answers.shift()! : answers[0]!);
    return untilReady('The app', running, '/dev/null', isReady, TOO_SOON_MS);
  };

  it('is given up at the deadline', async () => {
    await expect(wait(false)).rejects.toThrow(Refusal);
    await expect(wait(false)).rejects.toThrow(/The app was not ready within 0.001 s/);
  });

  it('is waited for beyond the deadline while it tells how far it is, which is said', async () => {
    await wait('9 records to go', '8 records to go', '2 records to go', true);
    expect(said).toHaveBeenCalledWith('… 9 records to go\n');
  });

  it('is given up at the deadline where it gets no further', async () => {
    await expect(wait('9 records to go', '8 records to go')).rejects.toThrow(/was not ready within/);
  });
});
