import { setTimeout as pause } from 'node:timers/promises';
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
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Refusal(`Waited ${wait.deadlineMs / 1000} s for ${wait.for}.`)),
      wait.deadlineMs,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
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
  const end = performance.now() + deadlineMs;
  const arrived = asking.for === undefined ? () => undefined : sayWaiting({ for: asking.for, deadlineMs });
  try {
    for (;;) {
      const left = end - performance.now();
      if (await settledWithin(Math.max(left, everyMs), condition)) return true;
      if (left < 0) return false;
      await pause(everyMs);
    }
  } finally {
    arrived();
  }
}

/** False also where the answer does not come in time. */
async function settledWithin(ms: number, condition: () => Promise<boolean> | boolean): Promise<boolean> {
  const over = new AbortController();
  const late = pause(ms, false, { signal: over.signal });
  try {
    return await Promise.race([holds(condition), late]);
  } finally {
    over.abort();
    late.catch(() => undefined);
  }
}

async function holds(condition: () => Promise<boolean> | boolean): Promise<boolean> {
  try {
    return await condition();
  } catch {
    return false;
  }
}
