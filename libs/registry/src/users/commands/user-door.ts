import { Inject, Injectable } from '@nestjs/common';
import { notFound, Postgres } from '#platform';
import { type Sender } from '../../commands/command-log.js';
import { type FreeFields } from '../domain/user.js';

/** The user that a command is for, and the versions of it that the client takes for current. */
export interface Target {
  readonly userId: number;
  readonly ifVersions?: readonly number[];
}

/** What the door knows of the user; without a key where there is none. */
interface Guest {
  readonly profile: FreeFields;
  readonly key?: string;
}

/**
 * Keeps commands for users that are not there out of the log. It decides nothing else: ids are never used again, so
 * who is missing here is missing for good, and whatever could change until the record is judged is the log's to judge.
 */
@Injectable()
export class UserDoor {
  constructor(@Inject(Postgres) private readonly postgres: Postgres) {}

  /** Throws `not-found`, unless the command could be the repeat of one that deleted the user. */
  async letIn({ environment, idempotencyKey }: Sender, { userId }: Target): Promise<Guest> {
    const { rows } = await this.postgres.query<{ profile: FreeFields; key: string }>(
      'SELECT profile, key FROM users WHERE environment = $1 AND id = $2',
      [environment, userId],
    );
    if (rows[0] !== undefined) return rows[0];
    if (idempotencyKey === undefined) throw notFound('user');
    return { profile: {} };
  }
}
