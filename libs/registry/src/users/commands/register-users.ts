import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CommandLog, type Sender } from '../../commands/command-log.js';
import { type Verdict } from '../../decisions/registry.state.js';
import { type UserDetails } from '../../decisions/user.js';

/** Registers each of these users for itself; the verdicts come in their order. */
export class RegisterUsers extends Command<Verdict[]> {
  constructor(
    readonly sender: Sender,
    readonly users: readonly UserDetails[],
  ) {
    super();
  }
}

@CommandHandler(RegisterUsers)
export class RegisterUsersHandler implements ICommandHandler<RegisterUsers> {
  constructor(@Inject(CommandLog) private readonly commands: CommandLog) {}

  execute({ sender, users }: RegisterUsers): Promise<Verdict[]> {
    return this.commands.submitAll(
      sender,
      users.map((user) => ({ type: 'RegisterUser', user })),
    );
  }
}
