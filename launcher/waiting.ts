import { setTimeout as pause } from 'node:timers/promises';
import pTimeout from 'p-timeout';
import { sayWaiting } from './progress.ts';
import { Refusal } from './refusal.ts';

/** What is waited for, as the terminal is told after two seconds, and how long at most. */
export interface Wait {
  readonly for: string;
  readonly deadlineMs: number;
}

/** Settles as `work` does; refused where that takes longer than the deadline. What is under way is not ended by that. */
export async function within<T>(wait: Wait, work: Promise<T>): Promise<T> {
  const arrived = sayWaiting(wait);
  const message = new Refusal(`Waited ${wait.deadlineMs / 1000} s for ${wait.for}.`);
  try {
    return await pTimeout(work, { milliseconds: wait.deadlineMs, message });
  } finally {
    arrived();
  }
}

interface Asking {
  readonly deadlineMs: number;
  readonly everyMs?: number;
  /** Said at the terminal after two seconds; silent when left out. */
  readonly for?: string;
}

/** Asks again until `condition` holds; a throw counts as not yet. False when `deadlineMs` passed first. */
export async function eventually(condition: () => Promise<boolean> | boolean, asking: Asking): Promise<boolean> {
  const { deadlineMs, everyMs = 50 } = asking;
  const arrived = asking.for === undefined ? () => undefined : sayWaiting({ for: asking.for, deadlineMs });
  let late = false;
  const asked = async (): Promise<boolean> => {
    while (!(await holds(condition))) {
      if (late) return false;
      await pause(everyMs);
    }
    return true;
  };
  try {
    // A question that is never answered must not outlast the deadline.
    return await pTimeout(asked(), { milliseconds: deadlineMs, fallback: () => false });
  } finally {
    late = true;
    arrived();
  }
}

async function holds(condition: () => Promise<boolean> | boolean): Promise<boolean> {
  try {
    return await condition();
  } catch {
    return false;
  }
}
