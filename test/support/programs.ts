import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packages, programOf } from '../../launcher/packages.ts';
import { root } from '../../launcher/paths.ts';

/** How long an installation may take, in milliseconds, for the hook that waits for it. */
export const INSTALLED_WITHIN_MS = 300_000;

/**
 * The path of a program that is no package of npm's. Installs it where it is missing and that can be done without a question;
 * else fails with the command that does it.
 */
export async function program(name: keyof typeof packages): Promise<string> {
  const found = programOf(packages[name]);
  if (found) return found;
  // In a process of its own, which clears up behind itself also where it is killed.
  await promisify(execFile)(process.execPath, [join(root, 'launcher', 'main.ts'), 'programs', name]);
  return programOf(packages[name])!;
}
