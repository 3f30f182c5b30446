import { randomUUID } from 'node:crypto';
import { type LastActive } from '#activities';
import { type Namespace, type RedisServers } from '#platform';
import { type AsOf } from '#projections';
import { ADD_PAGE, ADVANCE, BEGIN_REWRITE, COUNT_ACTIVE, FINISH_REWRITE, READ_CHECKPOINT, RELEASE } from './scripts.js';

/** The position of a partition's figures in Redis, or `missing` where some or all of them are gone. */
export type Checkpoint = number | 'missing';

/** What a partition answers: its position, whether it has the environment, how many were active, whether its set is there. */
type Counted = readonly [position: string | null, expected: string | null, counted: number, exists: number];

// Long enough for a page to be read from Postgres; a rewriter that died is followed by another after it.
const LEASE_MS = 10_000;
const PAGE = 5_000;
/** Environments have a field of their own in a partition's checkpoint hash once they have figures there. */
const ENVIRONMENT_FIELD = 'in:';

/**
 * Who was last active when, per partition, in Redis, as one generation of the views has it. Each method is one or few
 * steps; what Redis throws, they throw.
 */
export class ActiveFigures {
  constructor(
    private readonly redis: RedisServers,
    private readonly namespace: Namespace,
    private readonly generation: string,
  ) {}

  async checkpoint(partition: number): Promise<Checkpoint> {
    const keys = [this.checkpointKey(partition)];
    const position = (await this.run(READ_CHECKPOINT, keys, [this.prefix(partition)])) as number | null;
    return position === null || position < 0 ? 'missing' : position;
  }

  /** Moves the figures from exactly `from` to `to`; false where they are elsewhere, and nothing was done. */
  async advance(partition: number, from: number, to: number, users: readonly LastActive[]): Promise<boolean> {
    const groups = [...byEnvironment(users)];
    const sets = groups.map(([environment]) => this.activeKey(partition, environment));
    const args = groups.flatMap(([environment, members]) => [environment, members.length, ...members]);
    return (await this.run(ADVANCE, [this.checkpointKey(partition), ...sets], [from, to, ...args])) === 1;
  }

  /**
   * Replaces the figures by those of the pages (sorted by environment), which hold at least what was counted before
   * `position`. False when another is at it, or took over, or Redis lost some of it.
   */
  async rewrite(partition: number, position: number, pages: AsyncIterable<readonly LastActive[]>): Promise<boolean> {
    const keys = [this.leaseKey(partition), this.checkpointKey(partition)];
    const token = randomUUID();
    let isDone = false;
    try {
      if ((await this.run(BEGIN_REWRITE, keys, [this.prefix(partition), token, LEASE_MS])) !== 1) return false;
      const additions = await this.addPages(partition, token, pages);
      isDone = additions !== undefined && (await this.run(FINISH_REWRITE, keys, [token, additions, position])) === 1;
      return isDone;
    } finally {
      // Without an answer, what was sent may still be carried out, or have been sent twice; what is sent after it comes after it.
      if (!isDone) await this.run(RELEASE, [keys[0]!], [token]).catch(() => undefined);
    }
  }

  /** How many additions there were; undefined where the lease or one of them was lost. */
  private async addPages(partition: number, token: string, pages: AsyncIterable<readonly LastActive[]>) {
    let additions = 0;
    let previous: string | undefined;
    for await (const page of pages) {
      for (const [environment, members] of byEnvironment(page)) {
        const keys = [this.leaseKey(partition), this.checkpointKey(partition), this.activeKey(partition, environment)];
        const args = [token, additions, LEASE_MS, environment, environment === previous ? 0 : 1, ...members];
        if ((await this.run(ADD_PAGE, keys, args)) !== 1) return undefined;
        previous = environment;
        additions += 1;
      }
    }
    return additions;
  }

  /**
   * How many users were active since a moment (milliseconds since the epoch), each partition in one step.
   * Undefined where figures are missing, or older than the positions asked for.
   */
  async countActive(environment: string, since: number, atLeast: readonly number[]): Promise<AsOf<number> | undefined> {
    // No upper bound: nobody is active in the future but by the clocks of two machines.
    const counting = atLeast.map((_, partition) => {
      const keys = [this.checkpointKey(partition), this.activeKey(partition, environment)];
      return this.run(COUNT_ACTIVE, keys, [environment, since]);
    });
    return sumOf((await Promise.all(counting)) as Counted[], atLeast);
  }

  /** Everyone of one partition and environment, page by page: user id and when last active. It must not move meanwhile. */
  async *everyone(partition: number, environment: string): AsyncGenerator<[user: string, at: string][]> {
    const set = this.activeKey(partition, environment);
    for (let start = 0; ; start += PAGE) {
      const flat = await this.redis.client.zrange(set, start, start + PAGE - 1, 'WITHSCORES');
      if (flat.length === 0) return;
      yield Array.from({ length: flat.length / 2 }, (_, at) => [flat[2 * at]!, flat[2 * at + 1]!]);
    }
  }

  /** The environments that have figures in a partition. */
  async environments(partition: number): Promise<string[]> {
    const fields = await this.redis.client.hkeys(this.checkpointKey(partition));
    return fields.flatMap((field) =>
      field.startsWith(ENVIRONMENT_FIELD) ? [field.slice(ENVIRONMENT_FIELD.length)] : [],
    );
  }

  /** The sorted set of one partition's users of an environment: member user id, score when last active. */
  private activeKey(partition: number, environment: string): string {
    return this.key(partition, 'in', environment);
  }

  private prefix(partition: number): string {
    return this.activeKey(partition, '');
  }

  /** The hash that says how far a partition's figures are (`position`) and which environments have any. */
  private checkpointKey(partition: number): string {
    return this.key(partition, 'position');
  }

  /** Held by whoever rewrites a partition's figures: a token, and how much of it was written. */
  private leaseKey(partition: number): string {
    return this.key(partition, 'rewriting');
  }

  /** All of a partition in one slot of a cluster, which goes by what stands in braces. */
  private key(partition: number, ...parts: string[]): string {
    return this.namespace.key('active', `{${this.generation}:${partition}}`, ...parts);
  }

  private run(script: string, keys: string[], args: (string | number)[]): Promise<unknown> {
    return this.redis.client.eval(script, keys.length, ...keys, ...args);
  }
}

/** Undefined unless each partition has come as far as is asked, and has its sorted set where it should have one. */
function sumOf(partitions: readonly Counted[], atLeast: readonly number[]): AsOf<number> | undefined {
  let sum = 0;
  const positions: number[] = [];
  for (const [partition, [position, expected, counted, exists]] of partitions.entries()) {
    if (position === null || Number(position) < atLeast[partition]! || (expected !== null && exists !== 1)) {
      return undefined;
    }
    sum += counted;
    positions.push(Number(position));
  }
  return { read: sum, positions };
}

/** Scores and members as ZADD takes them, by environment. */
function byEnvironment(users: readonly LastActive[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const { environment, userId, lastActiveAt } of users) {
    const members = groups.get(environment) ?? [];
    members.push(lastActiveAt, userId);
    groups.set(environment, members);
  }
  return groups;
}
