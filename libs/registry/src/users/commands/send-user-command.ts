import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { findRows, Lookups, notFound, Postgres, type Table } from '#platform';
import { type Answer, CommandLog, type Sender } from '../../commands/command-log.js';
import { type AskedCommand, type UndigestedUser } from '../../stored/command-seals.js';
import { Keyring } from '../../stored/keyring.js';
import { KnownKeys } from '../../stored/known-keys.js';

/** What may be asked of a user who exists, or did: to replace, change, delete or erase them. */
export type AskedOfUser = Extract<AskedCommand, { readonly userId: number }>;

/** What became of it, and what was known of the user as it was sent. */
export interface AnswerOfUser {
  readonly answer: Answer;
  readonly user?: Pick<KnownUser, 'lastActiveAt'>;
}

/** Sends a command about one user. */
export class SendUserCommand extends Command<AnswerOfUser> {
  constructor(
    readonly sender: Sender,
    readonly asked: AskedOfUser,
  ) {
    super();
  }
}

/** What a command and its answer need to know of its user. */
interface KnownUser {
  readonly key: string;
  /** What the user's key is made of; missing where it was lost. */
  readonly salt?: Buffer;
  /** The user as it is, where the log knows no digests of it. */
  readonly base?: UndigestedUser;
  /** In milliseconds since the epoch; missing of one who never was. */
  readonly lastActiveAt?: number;
}

/**
 * Keeps commands for users that are not there out of the log. It decides nothing else: ids are never used again, so
 * who is missing here is missing for good, and whatever could change until the record is judged is the log's to judge.
 */
@CommandHandler(SendUserCommand)
export class SendUserCommandHandler implements ICommandHandler<SendUserCommand> {
  private readonly users = new Lookups((asked: readonly { environment: string; id: number }[]) =>
    findRows<KnownUser>(this.postgres.prepared, this.known, asked),
  );
  private readonly known: Table;

  constructor(
    private readonly commands: CommandLog,
    private readonly postgres: Postgres,
    private readonly keyring: Keyring,
  ) {
    this.known = knownUsers(keyring.salts.name);
  }

  /**
   * Throws `not-found`, `stale-version`, `username-taken`, `email-taken`, or `invalid-body` for a profile too large. Who
   * was deleted is found where they are to be erased, and where the command could be the repeat of what deleted them.
   */
  async execute({ sender, asked }: SendUserCommand): Promise<AnswerOfUser> {
    const { environment, idempotencyKey } = sender;
    const user = await this.users.find({ environment, id: asked.userId });
    if (user === undefined) {
      const isKnown = asked.type === 'EraseUser' ? await this.wasDeleted(environment, asked.userId) : idempotencyKey;
      if (!isKnown) throw notFound('user');
    }
    return { answer: await this.send(sender, asked, user), user };
  }

  private async send(sender: Sender, asked: AskedOfUser, user: KnownUser | undefined): Promise<Answer> {
    const hasDetails = asked.type === 'ReplaceUser' || asked.type === 'ChangeUser';
    if (user === undefined || !hasDetails) return this.commands.submit(sender, asked);
    const { key: keyId, salt, base } = user;
    const name = { environment: sender.environment, key: keyId };
    const keys = new KnownKeys(this.keyring);
    const key = await this.keyring.keyOf(name, salt);
    if (key) keys.know(name, key);
    return this.commands.submit(sender, { ...asked, key: keyId, ...(base && { base }) }, keys);
  }

  private async wasDeleted(environment: string, userId: number): Promise<boolean> {
    const { rows } = await this.postgres.query('SELECT FROM former_users WHERE environment = $1 AND id = $2', [
      environment,
      userId,
    ]);
    return rows.length > 0;
  }
}

/** All in one question, so that a command costs one before its record and one behind it. */
const knownUsers = (salts: string): Table => ({
  name: `(SELECT environment, id, key, salt, CASE WHEN digests IS NULL THEN json_build_object('version', version, 'user',
    json_build_object('username', username, 'email', email, 'firstName', first_name, 'lastName', last_name,
      'isActive', is_active, 'profile', profile)) END AS base,
    (SELECT max(last_active_at) FROM activity_totals activity
     WHERE activity.environment = users.environment AND activity.user_id = users.id) AS last_active_at
    FROM users LEFT JOIN ${salts} USING (environment, key))`,
  key: { environment: 'text', id: 'bigint' },
  columns: { key: 'uuid', salt: 'bytea', base: 'json', lastActiveAt: 'bigint' },
});
