import { identify, type ProcessIdentity, runs } from './process-identity.ts';
import { eventually } from './waiting.ts';

export type Kind = 'tool' | 'app' | 'server';

/** A started process that leads a group of its own. */
export interface GroupLeader extends ProcessIdentity {
  readonly name: string;
  readonly kind: Kind;
  readonly stopSignal: NodeJS.Signals;
}

/** Signals the whole group; false when nobody is left in it. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch (error) {
    // EPERM: there is somebody, though not ours to signal.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Asks the groups to end, apps before the servers they use, and kills what is left after `graceMs`. */
export async function endGroups(leaders: readonly GroupLeader[], graceMs: number): Promise<void> {
  const servers = leaders.filter((leader) => leader.kind === 'server');
  const others = leaders.filter((leader) => leader.kind !== 'server');
  for (const wave of [others, servers]) await Promise.all(wave.map((leader) => endGroup(leader, graceMs)));
}

async function endGroup(leader: GroupLeader, graceMs: number): Promise<void> {
  const found = identify(leader.pid);
  // The pid has gone to a stranger. (Where nobody has it, others of the group may still be there.)
  if (found && found.startedAt !== leader.startedAt) return;
  signalGroup(leader.pid, leader.stopSignal);
  await eventually(() => !runs(leader), { deadlineMs: graceMs });
  signalGroup(leader.pid, 'SIGKILL');
  await eventually(() => !runs(leader), { deadlineMs: 2_000 });
}
