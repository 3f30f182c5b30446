import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, stateFolder } from '../launcher/paths.ts';

/** What costs are compared with. */
export const BASELINE = 'af4e5c5';

/** The folder of that commit, checked out, installed and built beside the data of this clone; that stays for the next time. */
export function baselineBuild(): string {
  const folder = join(stateFolder, 'baseline', BASELINE);
  const output = { stdio: 'inherit' } as const;
  // Git may still know of a folder that somebody has removed.
  if (!existsSync(folder)) {
    execFileSync('git', ['worktree', 'add', '--force', '--detach', folder, BASELINE], { cwd: root, ...output });
  }
  // It installs and builds what is missing.
  execFileSync(process.execPath, [join('launcher', 'bootstrap.mjs'), 'build'], { cwd: folder, ...output });
  return folder;
}
