// A process of its own session that outlives the launcher, however that ends, and clears up what it left. The launcher
// tells it over stdin, in JSON lines, what there is; the end of stdin means that the launcher has ended.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { endGroups, type GroupLeader } from './groups.ts';
import type { GuardianMessage } from './guardian-message.ts';

const graceMs = 5_000;
// Of Docker: ten seconds for each container.
const commandMs = 60_000;
const groups = new Map<number, GroupLeader>();
const commands: (readonly [string, ...string[]])[] = [];
const folders: string[] = [];

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

for await (const line of createInterface({ input: process.stdin })) note(line);
await endGroups([...groups.values()], graceMs);
for (const [command, ...args] of commands) spawnSync(command, args, { stdio: 'ignore', timeout: commandMs });
for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });

function note(line: string): void {
  const message = parse(line);
  if (!message) return;
  if ('started' in message) groups.set(message.started.pid, message.started);
  else if ('ended' in message) groups.delete(message.ended);
  else if ('run' in message) commands.push(message.run);
  else folders.push(message.remove);
}

/** The last line of a launcher that was killed may be cut short. */
function parse(line: string): GuardianMessage | undefined {
  try {
    return JSON.parse(line) as GuardianMessage;
  } catch {
    return undefined;
  }
}
