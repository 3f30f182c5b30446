import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Answer, CommandLog, type Sender } from '../../commands/command-log.js';
import { type Target, UserDoor } from './user-door.js';

/** Deletes a user for good: nobody can read any more what the log holds of them. Also of one who was deleted before. */
export class EraseUser extends Command<Answer> {
  constructor(
    readonly sender: Sender,
    readonly target: Target,
  ) {
    super();
  }
}

@CommandHandler(EraseUser)
export class EraseUserHandler implements ICommandHandler<EraseUser> {
  constructor(
    @Inject(CommandLog) private readonly commands: CommandLog,
    @Inject(UserDoor) private readonly door: UserDoor,
  ) {}

  /** Throws `not-found` for an id that nobody ever had, or `stale-version`. */
  async execute({ sender, target }: EraseUser): Promise<Answer> {
    await this.door.letInFormer(sender, target);
    return this.commands.submit(sender, { type: 'EraseUser', ...target });
  }
}
