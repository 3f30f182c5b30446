import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CommandLog, type Answer, type Sender } from '../../commands/command-log.js';
import { type UserDetails } from '../../decisions/user.js';

export class RegisterUser extends Command<Answer> {
  constructor(
    readonly sender: Sender,
    readonly user: UserDetails,
  ) {
    super();
  }
}

@CommandHandler(RegisterUser)
export class RegisterUserHandler implements ICommandHandler<RegisterUser> {
  constructor(@Inject(CommandLog) private readonly commands: CommandLog) {}

  /** Throws `username-taken` or `email-taken`. */
  execute({ sender, user }: RegisterUser): Promise<Answer> {
    return this.commands.submit(sender, { type: 'RegisterUser', user });
  }
}
