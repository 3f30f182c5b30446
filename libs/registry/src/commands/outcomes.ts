import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { LOGGER, type Logger, Namespace, Notifications, Postgres } from '#platform';
import { type Verdict } from '../fold/registry.state.js';

/**
 * Waits for what became of commands. Each process asks for all of its waiting ids at once whenever the registry has
 * moved; an outcome is found by the command's id and never by a position.
 */
@Injectable()
export class Outcomes implements OnModuleInit, OnApplicationShutdown {
  private readonly waiting = new Map<string, (verdict: Verdict) => void>();
  private looking: Promise<void> | undefined;
  private moved = false;

  constructor(
    @Inject(Postgres) private readonly postgres: Postgres,
    @Inject(Notifications) private readonly notifications: Notifications,
    @Inject(Namespace) private readonly namespace: Namespace,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    const look = () => this.look();
    await this.notifications.listen(this.namespace.channel('registry'), look, look);
  }

  onApplicationShutdown(): void {
    this.waiting.clear();
  }

  /**
   * Begin before the commands are appended, so that no announcement is missed. The verdicts are those that are known
   * when all are, or after `patience` ms.
   */
  expect(commandIds: readonly string[], patience: number): { verdicts: Promise<Map<string, Verdict>>; forget(): void } {
    const verdicts = new Map<string, Verdict>();
    const { promise, resolve } = Promise.withResolvers<Map<string, Verdict>>();
    const forget = () => {
      clearTimeout(timer);
      for (const id of commandIds) this.waiting.delete(id);
      resolve(verdicts);
    };
    const timer = setTimeout(() => void this.settleDecided().then(forget, forget), patience);
    for (const id of commandIds) {
      this.waiting.set(id, (verdict) => {
        verdicts.set(id, verdict);
        this.waiting.delete(id);
        if (verdicts.size === commandIds.length) forget();
      });
    }
    return { verdicts: promise, forget };
  }

  /** What became of a command of this environment, where that is known. */
  async find(environment: string, commandId: string): Promise<Verdict | undefined> {
    const { rows } = await this.postgres.query<{ verdict: Verdict }>(
      'SELECT verdict FROM outcomes WHERE command_id = $1 AND environment = $2',
      [commandId, environment],
    );
    return rows[0]?.verdict;
  }

  // One look at a time; what moves meanwhile makes for one more.
  private look(): void {
    this.moved = true;
    this.looking ??= this.lookWhileMoved().finally(() => (this.looking = undefined));
  }

  private async lookWhileMoved(): Promise<void> {
    while (this.moved && this.waiting.size > 0) {
      this.moved = false;
      try {
        await this.settleDecided();
      } catch (err) {
        this.logger.warn({ err }, 'outcomes cannot be read; the next announcement tries again');
      }
    }
  }

  private async settleDecided(): Promise<void> {
    const { rows } = await this.postgres.prepared.query<{ command_id: string; verdict: Verdict }>(
      'SELECT command_id, verdict FROM outcomes WHERE command_id = ANY($1)',
      [[...this.waiting.keys()]],
    );
    for (const { command_id, verdict } of rows) this.waiting.get(command_id)?.(verdict);
  }
}
