import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Answer, CommandLog, type Sender } from '../../commands/command-log.js';
import { type UserDetails } from '../../decisions/user.js';
import { type Target, UserDoor } from './user-door.js';

export class ReplaceUser extends Command<Answer> {
  constructor(
    readonly sender: Sender,
    readonly target: Target,
    readonly user: UserDetails,
  ) {
    super();
  }
}

@CommandHandler(ReplaceUser)
export class ReplaceUserHandler implements ICommandHandler<ReplaceUser> {
  constructor(
    @Inject(CommandLog) private readonly commands: CommandLog,
    @Inject(UserDoor) private readonly door: UserDoor,
  ) {}

  /** Throws `not-found`, `stale-version`, `username-taken` or `email-taken`. */
  async execute({ sender, target, user }: ReplaceUser): Promise<Answer> {
    const guest = await this.door.letIn(sender, target);
    return this.commands.submit(sender, { type: 'ReplaceUser', ...target, ...guest, user });
  }
}
