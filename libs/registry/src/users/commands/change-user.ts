import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Answer, CommandLog, type Sender } from '../../commands/command-log.js';
import { type UserChanges } from '../../decisions/user.js';
import { type Target, UserDoor } from './user-door.js';

export class ChangeUser extends Command<Answer> {
  constructor(
    readonly sender: Sender,
    readonly target: Target,
    readonly changes: UserChanges,
  ) {
    super();
  }
}

@CommandHandler(ChangeUser)
export class ChangeUserHandler implements ICommandHandler<ChangeUser> {
  constructor(
    @Inject(CommandLog) private readonly commands: CommandLog,
    @Inject(UserDoor) private readonly door: UserDoor,
  ) {}

  /** Throws `not-found`, `stale-version`, `username-taken`, `email-taken`, or `invalid-body` for a profile too large. */
  async execute({ sender, target, changes }: ChangeUser): Promise<Answer> {
    const guest = await this.door.letIn(sender, target);
    return this.commands.submit(sender, { type: 'ChangeUser', ...target, ...guest, changes });
  }
}
