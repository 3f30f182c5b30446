import { chmodSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '..');
/** What this clone keeps between two runs: data of the servers, secrets, logs. */
export const stateFolder = join(root, '.tidemark');
export const throwAwayFolder = join(stateFolder, 'tmp');
/** What every clone of this user shares: downloads. */
export const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tidemark');

/** Makes the folder with exactly this mode, whatever the umask. 0711: others pass through, but list nothing. */
export function makeFolder(path: string, mode = 0o711): string {
  mkdirSync(path, { recursive: true });
  chmodSync(path, mode);
  return path;
}
