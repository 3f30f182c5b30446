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

  /** Begin before the command is appended, so that no announcement is missed. Undefined after `patience` ms. */
  expect(commandId: string, patience: number): { verdict: Promise<Verdict | undefined>; forget: () => void } {
    const { promise, resolve } = Promise.withResolvers<Verdict | undefined>();
    const timer = setTimeout(() => settle(undefined), patience);
    const settle = (verdict: Verdict | undefined) => {
      clearTimeout(timer);
      this.waiting.delete(commandId);
      resolve(verdict);
    };
    this.waiting.set(commandId, settle);
    return { verdict: promise, forget: () => settle(undefined) };
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
    const { rows } = await this.postgres.query<{ command_id: string; verdict: Verdict }>(
      'SELECT command_id, verdict FROM outcomes WHERE command_id = ANY($1)',
      [[...this.waiting.keys()]],
    );
    for (const { command_id, verdict } of rows) this.waiting.get(command_id)?.(verdict);
  }
}
