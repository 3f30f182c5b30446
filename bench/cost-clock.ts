import { readFileSync } from 'node:fs';
import type { BenchService } from './service.ts';

// Of Linux, on every machine that it runs on: what /proc counts time in.
const TICKS_A_SECOND = 100;

export const PARTS = ['interface', 'Kafka', 'projector', 'Postgres', 'Redis'] as const;
/** CPU seconds by part of the system. */
export type Cpu = Record<(typeof PARTS)[number], number>;

/** What `work` takes of the processors, wherever it is done. */
export async function cpuOf(
  service: Pick<BenchService, 'pid' | 'projectorPid'>,
  work: () => Promise<void>,
): Promise<Cpu> {
  const processes = { ...serverProcesses(), interface: service.pid, projector: service.projectorPid! };
  const before = PARTS.map((part) => cpuSeconds(processes[part]));
  await work();
  return Object.fromEntries(PARTS.map((part, at) => [part, cpuSeconds(processes[part]) - before[at]!])) as Cpu;
}

/** The most memory that a process ever held, in MB. */
export function largestMemory(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
}

/** Of a process and of all that it started, whatever has ended included. */
export function cpuSeconds(pid: number): number {
  // Behind the name, which may hold anything: utime, stime, and both of the children that have ended.
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const ticks = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15);
  const own = ticks.reduce((sum, part) => sum + Number(part), 0) / TICKS_A_SECOND;
  return childrenOf(pid).reduce((sum, child) => sum + cpuSeconds(child), own);
}

/** The launcher has started them beside this process. */
function serverProcesses(): Record<'Kafka' | 'Postgres' | 'Redis', number> {
  const siblings = childrenOf(process.ppid);
  const named = (name: string) => {
    const found = siblings.find((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === name);
    if (found === undefined) throw new Error(`void: no process ${name} of the launcher's (see TIDEMARK_NO_DOCKER)`);
    return found;
  };
  return { Kafka: named('java'), Postgres: named('postgres'), Redis: named('redis-server') };
}

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
