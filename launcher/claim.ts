import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { endGroups, type GroupLeader } from './groups.ts';
import { identify, type ProcessIdentity, runs } from './process-identity.ts';
import { Refusal } from './refusal.ts';
import { eventually } from './waiting.ts';

// Containers take ten seconds each for their end.
const clearedWithinMs = 90_000;

/** Who holds a folder, and what it has started: enough to tell whether it still runs and to end what it left. */
export interface Claim {
  readonly launcher: ProcessIdentity;
  readonly guardian?: ProcessIdentity;
  readonly started: readonly GroupLeader[];
}

export type Standing = 'free' | 'held' | 'being cleared up' | 'left behind';

export function standing(claim: Claim | undefined, isRunning: (process: ProcessIdentity) => boolean = runs): Standing {
  if (!claim) return 'free';
  if (isRunning(claim.launcher)) return 'held';
  return claim.guardian && isRunning(claim.guardian) ? 'being cleared up' : 'left behind';
}

/** Those of a claim that still run: a pid that has gone to another process since is none of ours. */
export function leftovers(claim: Claim, isRunning: (process: ProcessIdentity) => boolean = runs): GroupLeader[] {
  return claim.started.filter((leader) => isRunning(leader));
}

/**
 * Takes the claim file for this process, after clearing up what an earlier holder left behind.
 * Resolves to the holder where there is one, to nothing once it is ours.
 */
export async function take(path: string): Promise<ProcessIdentity | undefined> {
  for (;;) {
    if (create(path)) return undefined;
    const claim = read(path);
    const found = standing(claim);
    if (!claim) await dropUnreadable(path);
    if (claim && found === 'held') return claim.launcher;
    if (claim && found === 'being cleared up') await untilClearedUp(claim);
    if (claim && found === 'left behind') await clear(path, claim);
  }
}

async function untilClearedUp(claim: Claim): Promise<void> {
  const asking = { for: 'the last run to be cleared up', deadlineMs: clearedWithinMs };
  if (await eventually(() => standing(claim) !== 'being cleared up', asking)) return;
  throw new Refusal(`The last run is still being cleared up (process ${claim.guardian?.pid}): end that, or wait.`);
}

/** One that cannot be read has just been given up; or a full disk cut it short, and it says nothing about anybody. */
async function dropUnreadable(path: string): Promise<void> {
  const settled = await eventually(() => read(path) !== undefined || !existsSync(path), { deadlineMs: 1_000 });
  if (!settled) rmSync(path, { force: true });
}

/** Ends what a launcher left behind that was killed together with its guardian. */
export async function clear(path: string, claim: Claim): Promise<void> {
  await endGroups(leftovers(claim), 5_000);
  rmSync(path, { force: true });
}

export function update(path: string, change: Omit<Claim, 'launcher'>): void {
  const draft = write(path, { launcher: ourselves(), ...change });
  renameSync(draft, path);
}

export function read(path: string): Claim | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Claim;
  } catch {
    return undefined;
  }
}

/** A link appears at once and whole, or not at all: of two that try, one wins. */
function create(path: string): boolean {
  const draft = write(path, { launcher: ourselves(), started: [] });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function write(path: string, claim: Claim): string {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(claim, null, 2), { mode: 0o600 });
  return draft;
}

function ourselves(): ProcessIdentity {
  return identify(process.pid) ?? { pid: process.pid, startedAt: 'unknown' };
}
