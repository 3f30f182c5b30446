import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { gauge, LOGGER, type Logger, Namespace, Notifications, Postgres, within } from '#platform';
import { type OutcomeRow, verdictOf } from '../fold/outcome.rows.js';
import { type Verdict } from '../decisions/registry.state.js';

type Settle = (verdict: Verdict) => void;

const awaited = gauge('registry_commands_awaited', 'Commands whose senders wait for the verdict');

// Commands of a partition are judged in the order in which they were sent, or nearly so: of many that wait it is the
// oldest that are asked for.
const MOST_AT_ONCE = 500;

/** How long the last look may take, when nobody waits for an announcement any more. */
const LAST_LOOK_MS = 500;

/**
 * Waits for what became of commands. Each process asks for those that wait, in one statement, whenever the partition
 * that they are in has moved; an outcome is found by the command's id and never by a position.
 */
@Injectable()
export class AwaitedOutcomes implements OnModuleInit, OnApplicationShutdown {
  private readonly waiting = new Map<number, Map<string, Settle>>();
  private readonly moved = new Set<number>();
  private looking: Promise<void> | undefined;

  constructor(
    private readonly postgres: Postgres,
    private readonly notifications: Notifications,
    private readonly namespace: Namespace,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.notifications.listen(
      this.namespace.views('registry'),
      (announced) => this.look([parseInt(announced)]),
      () => this.look(this.waiting.keys()),
    );
  }

  onApplicationShutdown(): void {
    this.waiting.clear();
  }

  /**
   * Expects what becomes of these commands, all of one partition. The verdicts are those that are known when all are, or
   * after `patience` ms; users in them are sealed.
   */
  expect(commandIds: readonly string[], partition: number, patience: number): Expected {
    const verdicts = new Map<string, Verdict>();
    const { promise, resolve } = Promise.withResolvers<Map<string, Verdict>>();
    const waiting = this.waitingIn(partition);
    const stopWaiting = (id: string) => waiting.delete(id) && awaited.dec();
    let isOver = false;
    const forget = () => {
      isOver = true;
      clearTimeout(timer);
      commandIds.forEach(stopWaiting);
      resolve(verdicts);
    };
    // Where Postgres does not answer either, nobody is kept for as long as a statement may take.
    const lookOnce = () => within(LAST_LOOK_MS, this.settle(waiting, commandIds));
    const timer = setTimeout(() => void lookOnce().then(forget, forget), patience);
    const settle = (id: string) => (verdict: Verdict) => {
      verdicts.set(id, verdict);
      stopWaiting(id);
      if (verdicts.size === commandIds.length) forget();
    };
    const sending = (ids: readonly string[]) => {
      // What is sealed when its sender has been told to ask later is appended all the same.
      if (isOver) return;
      awaited.inc(ids.length);
      for (const id of ids) waiting.set(id, settle(id));
    };
    return { verdicts: promise, sending, forget };
  }

  private waitingIn(partition: number): Map<string, Settle> {
    const waiting = this.waiting.get(partition) ?? new Map<string, Settle>();
    this.waiting.set(partition, waiting);
    return waiting;
  }

  // One look at a time; what moves meanwhile makes for one more.
  private look(partitions: Iterable<number>): void {
    for (const partition of partitions) this.moved.add(partition);
    this.looking ??= this.lookWhileMoved().finally(() => (this.looking = undefined));
  }

  private async lookWhileMoved(): Promise<void> {
    for (const partition of this.moved) {
      this.moved.delete(partition);
      try {
        await this.settleOldest(this.waitingIn(partition));
      } catch (err) {
        this.logger.warn({ err }, 'outcomes cannot be read; the next announcement tries again');
      }
    }
  }

  private async settleOldest(waiting: Map<string, Settle>): Promise<void> {
    let asked: string[];
    let settled: number;
    do {
      asked = [...waiting.keys()].slice(0, MOST_AT_ONCE);
      settled = await this.settle(waiting, asked);
    } while (settled > 0 && settled === asked.length);
    // Something moved, so it was others that were judged: those behind some that may never have come into the log.
    if (settled === 0 && waiting.size > asked.length) await this.settle(waiting, [...waiting.keys()]);
  }

  /** How many of these were judged by now. */
  private async settle(waiting: ReadonlyMap<string, Settle>, commandIds: readonly string[]): Promise<number> {
    if (commandIds.length === 0) return 0;
    const { rows } = await this.postgres.prepared.query<OutcomeRow & { command_id: string }>(
      'SELECT command_id, verdict, key, sealed FROM outcomes WHERE command_id = ANY($1)',
      [commandIds],
    );
    for (const row of rows) waiting.get(row.command_id)?.(verdictOf(row));
    return rows.length;
  }
}

interface Expected {
  readonly verdicts: Promise<Map<string, Verdict>>;
  /** These of them are appended next: told before, so that no announcement is missed, and in the order of the log. */
  sending(commandIds: readonly string[]): void;
  /** Nobody waits any longer. */
  forget(): void;
}
