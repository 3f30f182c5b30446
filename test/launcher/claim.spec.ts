import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Claim, leftovers, read, standing, take, update } from '../../launcher/claim.ts';
import { type GroupLeader } from '../../launcher/groups.ts';
import { identify } from '../../launcher/process-identity.ts';

const launcher = { pid: 10, startedAt: 'monday' };
const guardian = { pid: 11, startedAt: 'monday' };
const server: GroupLeader = { pid: 12, startedAt: 'monday', name: 'redis', kind: 'server', stopSignal: 'SIGTERM' };
const claim: Claim = { launcher, guardian, started: [server] };
const running =
  (...pids: number[]) =>
  ({ pid }: { pid: number }) =>
    pids.includes(pid);

describe('a claim', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'claim-'));
    path = join(folder, 'launcher.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is held while its launcher runs', () => {
    expect(standing(claim, running(10, 11))).toBe('held');
  });

  it('is being cleared up while the guardian outlives the launcher', () => {
    expect(standing(claim, running(11))).toBe('being cleared up');
  });

  it('is left behind once launcher and guardian are gone', () => {
    expect(standing(claim, running(12))).toBe('left behind');
  });

  it('is free where there is none', () => {
    expect(standing(undefined)).toBe('free');
  });

  it('has as leftovers only what still runs', () => {
    expect(leftovers(claim, running(12))).toEqual([server]);
    expect(leftovers(claim, running())).toEqual([]);
  });

  it('never takes a process for ours whose pid has been given again', () => {
    const stranger = { ...server, pid: process.pid, startedAt: 'before the last boot' };
    expect(leftovers({ ...claim, started: [stranger] })).toEqual([]);
  });

  it('is refused to the second of two that run', async () => {
    expect(await take(path)).toBeUndefined();
    expect(await take(path)).toEqual(identify(process.pid));
  });

  it('passes to the next one when its holder has gone without giving it up', async () => {
    writeFileSync(path, JSON.stringify({ launcher: { pid: process.pid, startedAt: 'another day' }, started: [] }));
    expect(await take(path)).toBeUndefined();
    expect(read(path)?.launcher).toEqual(identify(process.pid));
  });

  it('passes to the next one when a full disk cut it short', async () => {
    writeFileSync(path, '{"launcher":');
    expect(await take(path)).toBeUndefined();
  });

  it('remembers what was started', async () => {
    await take(path);
    update(path, { guardian, started: [server] });
    expect(read(path)).toEqual({ launcher: identify(process.pid), guardian, started: [server] });
  });
});
