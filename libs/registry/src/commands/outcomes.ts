import { Injectable } from '@nestjs/common';
import { Postgres } from '#platform';
import { type OutcomeRow, verdictOf } from '../fold/outcome.rows.js';
import { KEPT_MS, type Verdict } from '../decisions/registry.state.js';
import { timeOfCommandId } from '../stored/command-id.js';
import { Keyring } from '../stored/keyring.js';
import { openVerdict } from '../stored/sealed-user.js';

/** What became of the commands of the last 24 hours. */
@Injectable()
export class Outcomes {
  constructor(
    private readonly postgres: Postgres,
    private readonly keyring: Keyring,
  ) {}

  /** What became of a command of this environment within the last 24 hours, where that is known. */
  async find(environment: string, commandId: string): Promise<Verdict | undefined> {
    const { rows } = await this.postgres.query<OutcomeRow>(
      `SELECT verdict, key, sealed FROM outcomes
       WHERE command_id = $1 AND environment = $2 AND decided_on > now() - interval '24 hours'`,
      [commandId, environment],
    );
    return rows[0] && openVerdict(this.keyring, environment, verdictOf(rows[0]));
  }

  /** Whether a command of this environment has been judged. */
  async isJudged(environment: string, commandId: string): Promise<boolean> {
    // Its outcome may have expired by then.
    if (Date.now() - timeOfCommandId(commandId) > KEPT_MS) return true;
    const { rows } = await this.postgres.query('SELECT FROM outcomes WHERE command_id = $1 AND environment = $2', [
      commandId,
      environment,
    ]);
    return rows.length > 0;
  }

  /** The hash of the body that came with this key within the last 24 hours; undefined where none did. */
  async bodyOf(environment: string, ownKey: string): Promise<string | undefined> {
    const { rows } = await this.postgres.query<{ body_hash: string }>(
      `SELECT body_hash FROM idempotency_keys
       WHERE environment = $1 AND key = $2 AND decided_on > now() - interval '24 hours'`,
      [environment, ownKey],
    );
    return rows[0]?.body_hash;
  }
}
