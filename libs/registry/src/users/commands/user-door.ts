import { Inject, Injectable } from '@nestjs/common';
import { Lookups, notFound, Postgres } from '#platform';
import { type Sender } from '../../commands/command-log.js';
import { type UndigestedUser } from '../../stored/command-seals.js';

/** The user that a command is for, and the versions of it that the client takes for current. */
export interface Target {
  readonly userId: number;
  readonly ifVersions?: readonly number[];
}

interface Place {
  readonly environment: string;
  readonly userId: number;
}

/** What the door knows of the user; nothing where there is none. */
interface Guest {
  readonly key?: string;
  /** The user as it is, where the log knows no digests of it. */
  readonly base?: UndigestedUser;
}

/**
 * Keeps commands for users that are not there out of the log. It decides nothing else: ids are never used again, so
 * who is missing here is missing for good, and whatever could change until the record is judged is the log's to judge.
 */
@Injectable()
export class UserDoor {
  private readonly guests: Lookups<Place, Guest | undefined>;

  constructor(@Inject(Postgres) private readonly postgres: Postgres) {
    this.guests = new Lookups((places) => this.findGuests(places));
  }

  /** Throws `not-found`, unless the command could be the repeat of one that deleted the user. */
  async letIn({ environment, idempotencyKey }: Sender, { userId }: Target): Promise<Guest> {
    const guest = await this.guests.find({ environment, userId });
    if (guest !== undefined) return guest;
    if (idempotencyKey === undefined) throw notFound('user');
    return {};
  }

  /** The same for what may be done to users who were deleted as well. Throws `not-found` where there never was one. */
  async letInFormer({ environment }: Sender, { userId }: Target): Promise<void> {
    const { rows } = await this.postgres.query(
      `SELECT FROM users WHERE environment = $1 AND id = $2
       UNION ALL SELECT FROM former_users WHERE environment = $1 AND id = $2`,
      [environment, userId],
    );
    if (rows.length === 0) throw notFound('user');
  }

  private async findGuests(places: readonly Place[]): Promise<(Guest | undefined)[]> {
    const { rows } = await this.postgres.prepared.query<{ place: number; key: string; base: Guest['base'] | null }>(
      `SELECT place::int, found.key, found.base
       FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS asked (environment, id, place)
       CROSS JOIN LATERAL (SELECT key, ${BASE} AS base FROM users
         WHERE users.environment = asked.environment AND users.id = asked.id LIMIT 1) found`,
      [places.map(({ environment }) => environment), places.map(({ userId }) => userId)],
    );
    const guests = new Map(rows.map(({ place, key, base }) => [place, { key, ...(base && { base }) }]));
    return places.map((_, index) => guests.get(index + 1));
  }
}

const BASE = `CASE WHEN digests IS NULL THEN json_build_object('version', version, 'user', json_build_object(
  'username', username, 'email', email, 'firstName', first_name, 'lastName', last_name, 'isActive', is_active,
  'profile', profile)) END`;
