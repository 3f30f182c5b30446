import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { findRows, Lookups, notFound, Postgres, type Table } from '#platform';
import { type Answer, CommandLog, type Sender } from '../../commands/command-log.js';
import { type AskedCommand, type UndigestedUser } from '../../stored/command-seals.js';

/** What may be asked of a user who exists, or did: to replace, change, delete or erase them. */
export type AskedOfUser = Extract<AskedCommand, { readonly userId: number }>;

/** Sends a command about one user. */
export class SendUserCommand extends Command<Answer> {
  constructor(
    readonly sender: Sender,
    readonly asked: AskedOfUser,
  ) {
    super();
  }
}

/** What a command needs to know of its user. */
interface KnownUser {
  readonly key: string;
  /** The user as it is, where the log knows no digests of it. */
  readonly base?: UndigestedUser;
}

/**
 * Keeps commands for users that are not there out of the log. It decides nothing else: ids are never used again, so
 * who is missing here is missing for good, and whatever could change until the record is judged is the log's to judge.
 */
@CommandHandler(SendUserCommand)
export class SendUserCommandHandler implements ICommandHandler<SendUserCommand> {
  private readonly users = new Lookups((asked: readonly { environment: string; id: number }[]) =>
    findRows<KnownUser>(this.postgres.prepared, USERS, asked),
  );

  constructor(
    private readonly commands: CommandLog,
    private readonly postgres: Postgres,
  ) {}

  /**
   * Throws `not-found`, `stale-version`, `username-taken`, `email-taken`, or `invalid-body` for a profile too large. Who
   * was deleted is found where they are to be erased, and where the command could be the repeat of what deleted them.
   */
  async execute({ sender, asked }: SendUserCommand): Promise<Answer> {
    const { environment, idempotencyKey } = sender;
    const user = await this.users.find({ environment, id: asked.userId });
    if (user === undefined) {
      const isKnown = asked.type === 'EraseUser' ? await this.wasDeleted(environment, asked.userId) : idempotencyKey;
      if (!isKnown) throw notFound('user');
    }
    const hasDetails = asked.type === 'ReplaceUser' || asked.type === 'ChangeUser';
    return this.commands.submit(sender, hasDetails ? { ...asked, ...user } : asked);
  }

  private async wasDeleted(environment: string, userId: number): Promise<boolean> {
    const { rows } = await this.postgres.query('SELECT FROM former_users WHERE environment = $1 AND id = $2', [
      environment,
      userId,
    ]);
    return rows.length > 0;
  }
}

const USERS: Table = {
  name: `(SELECT environment, id, key, CASE WHEN digests IS NULL THEN json_build_object('version', version, 'user',
    json_build_object('username', username, 'email', email, 'firstName', first_name, 'lastName', last_name,
      'isActive', is_active, 'profile', profile)) END AS base FROM users)`,
  key: { environment: 'text', id: 'bigint' },
  columns: { key: 'uuid', base: 'json' },
};
