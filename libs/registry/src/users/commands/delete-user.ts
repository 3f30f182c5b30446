import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Answer, CommandLog, type Sender } from '../../commands/command-log.js';
import { type Target, UserDoor } from './user-door.js';

export class DeleteUser extends Command<Answer> {
  constructor(
    readonly sender: Sender,
    readonly target: Target,
  ) {
    super();
  }
}

@CommandHandler(DeleteUser)
export class DeleteUserHandler implements ICommandHandler<DeleteUser> {
  constructor(
    @Inject(CommandLog) private readonly commands: CommandLog,
    @Inject(UserDoor) private readonly door: UserDoor,
  ) {}

  /** Throws `not-found` or `stale-version`. */
  async execute({ sender, target }: DeleteUser): Promise<Answer> {
    await this.door.letIn(sender, target);
    return this.commands.submit(sender, { type: 'DeleteUser', ...target });
  }
}
