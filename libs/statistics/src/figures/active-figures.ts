import { randomUUID } from 'node:crypto';
import { type Redis } from 'ioredis';
import { type LastActive } from '#activities';
import { type Namespace } from '#platform';
import { type AsOf } from '#projections';
import { ADD_PAGE, ADVANCE, BEGIN_REWRITE, FINISH_REWRITE, READ_CHECKPOINT, RELEASE } from './scripts.js';

/** The position of a partition's figures in Redis, or `missing` where some or all of them are gone. */
export type Checkpoint = number | 'missing';

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
    private readonly redis: Redis,
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
    const groups = [...byEnvironment(users)].flatMap(([environment, members]) => {
      return [environment, members.length, ...members];
    });
    const args = [this.prefix(partition), from, to, ...groups];
    return (await this.run(ADVANCE, [this.checkpointKey(partition)], args)) === 1;
  }

  /**
   * Replaces the figures by those of the pages (sorted by environment), which hold at least what was counted before
   * `position`. False when another is at it, or took over.
   */
  async rewrite(partition: number, position: number, pages: AsyncIterable<readonly LastActive[]>): Promise<boolean> {
    const keys = [this.leaseKey(partition), this.checkpointKey(partition)];
    const token = randomUUID();
    try {
      if ((await this.run(BEGIN_REWRITE, keys, [this.prefix(partition), token, LEASE_MS])) !== 1) return false;
      if (!(await this.addPages(partition, token, pages))) return false;
      return (await this.run(FINISH_REWRITE, keys, [token, position])) === 1;
    } catch (error) {
      // Without an answer, what was sent may still be carried out; what is sent after it comes after it.
      await this.run(RELEASE, [keys[0]!], [token]).catch(() => undefined);
      throw error;
    }
  }

  private async addPages(partition: number, token: string, pages: AsyncIterable<readonly LastActive[]>) {
    let previous: string | undefined;
    for await (const page of pages) {
      for (const [environment, members] of byEnvironment(page)) {
        const keys = [this.leaseKey(partition), this.checkpointKey(partition), this.activeKey(partition, environment)];
        const first = environment === previous ? 0 : 1;
        previous = environment;
        if ((await this.run(ADD_PAGE, keys, [token, LEASE_MS, environment, first, ...members])) !== 1) return false;
      }
    }
    return true;
  }

  /**
   * How many users were active since a moment (milliseconds since the epoch), over all partitions in one round trip.
   * Undefined where figures are missing, or older than the positions asked for.
   */
  async countActive(environment: string, since: number, atLeast: readonly number[]): Promise<AsOf<number> | undefined> {
    const reading = this.redis.multi();
    for (const partition of atLeast.keys()) {
      const set = this.activeKey(partition, environment);
      reading.hmget(this.checkpointKey(partition), 'position', ENVIRONMENT_FIELD + environment);
      // No upper bound: nobody is active in the future but by the clocks of two machines.
      reading.zcount(set, since, '+inf').exists(set);
    }
    const replies = ((await reading.exec()) ?? []).map(([error, reply]) => {
      if (error) throw error;
      return reply;
    });
    return sumOf(replies, atLeast);
  }

  /** Everyone of one partition and environment, page by page: user id and when last active. It must not move meanwhile. */
  async *everyone(partition: number, environment: string): AsyncGenerator<[user: string, at: string][]> {
    const set = this.activeKey(partition, environment);
    for (let start = 0; ; start += PAGE) {
      const flat = await this.redis.zrange(set, start, start + PAGE - 1, 'WITHSCORES');
      if (flat.length === 0) return;
      yield Array.from({ length: flat.length / 2 }, (_, at) => [flat[2 * at]!, flat[2 * at + 1]!]);
    }
  }

  /** The environments that have figures in a partition. */
  async environments(partition: number): Promise<string[]> {
    const fields = await this.redis.hkeys(this.checkpointKey(partition));
    return fields.flatMap((field) =>
      field.startsWith(ENVIRONMENT_FIELD) ? [field.slice(ENVIRONMENT_FIELD.length)] : [],
    );
  }

  /** The sorted set of one partition's users of an environment: member user id, score when last active. */
  private activeKey(partition: number, environment: string): string {
    return this.key(partition, environment);
  }

  private prefix(partition: number): string {
    return this.activeKey(partition, '');
  }

  /** The hash that says how far a partition's figures are (`position`) and which environments have any. */
  private checkpointKey(partition: number): string {
    return this.key('position', partition);
  }

  /** Held by whoever rewrites a partition's figures. */
  private leaseKey(partition: number): string {
    return this.key('rewriting', partition);
  }

  private key(...parts: (string | number)[]): string {
    return this.namespace.key('active', this.generation, ...parts);
  }

  private run(script: string, keys: string[], args: (string | number)[]): Promise<unknown> {
    return this.redis.eval(script, keys.length, ...keys, ...args);
  }
}

/** Undefined unless each partition has come as far as is asked, and has its sorted set where it should have one. */
function sumOf(replies: readonly unknown[], atLeast: readonly number[]): AsOf<number> | undefined {
  let sum = 0;
  const positions: number[] = [];
  for (const [partition, least] of atLeast.entries()) {
    const [checkpoint, counted, exists] = replies.slice(partition * 3) as [(string | null)[], number, number];
    const [position, expected] = checkpoint as [string | null, string | null];
    if (position === null || Number(position) < least || (expected !== null && exists !== 1)) return undefined;
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
