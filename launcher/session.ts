import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { clear, read, standing, take, update } from './claim.ts';
import { makeFolder, stateFolder, throwAwayFolder } from './paths.ts';
import { Processes } from './processes.ts';
import { Refusal } from './refusal.ts';

/** One run of the launcher: its folder, held by a claim, and the processes it has started. */
export interface Session {
  readonly folder: string;
  readonly logs: string;
  readonly processes: Processes;
  /** True where the folder, and so everything the servers store, goes at the end. */
  readonly throwAway: boolean;
}

const claimName = 'launcher.json';

/** The session of `npm start`: data, ports and secrets stay for the next one. */
export async function openLastingSession(): Promise<Session> {
  makeFolder(stateFolder);
  const claim = join(stateFolder, claimName);
  const holder = await take(claim);
  if (holder)
    throw new Refusal(`Tidemark is already running from this folder (process ${holder.pid}); stop that first.`);
  return session(stateFolder, claim, false);
}

/** The session of tests and benchmarks, beside any other. */
export async function openThrowAwaySession(name: string): Promise<Session> {
  makeFolder(stateFolder);
  makeFolder(throwAwayFolder);
  const folder = makeFolder(join(throwAwayFolder, `${name}-${process.pid}`));
  const claim = join(folder, claimName);
  await take(claim);
  return session(folder, claim, true);
}

function session(folder: string, claim: string, throwAway: boolean): Session {
  const processes = new Processes((started) => update(claim, { guardian: processes.guardian, started }));
  update(claim, { guardian: processes.guardian, started: [] });
  processes.atEnd({ remove: throwAway ? folder : claim });
  return { folder, logs: makeFolder(join(folder, 'logs'), 0o700), processes, throwAway };
}

/** Folders of runs that were killed together with their guardian, e.g. by a power cut. */
export async function sweepThrowAway(): Promise<void> {
  for (const folder of listFolders(throwAwayFolder)) {
    const path = join(folder, claimName);
    const claim = read(path);
    // One without a claim may be about to get it.
    if (claim ? standing(claim) !== 'left behind' : isYoung(folder)) continue;
    if (claim) await clear(path, claim);
    rmSync(folder, { recursive: true, force: true });
  }
}

function listFolders(path: string): string[] {
  try {
    return readdirSync(path).map((name) => join(path, name));
  } catch {
    return [];
  }
}

function isYoung(path: string): boolean {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) < 60_000;
}
