import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Answer, CommandLog, type Sender } from '../../commands/command-log.js';
import { type NamedCommand } from '../../decisions/named.decider.js';

/** Creates, renames or deletes a workspace or a group. */
export class SendNamedCommand extends Command<Answer> {
  constructor(
    readonly sender: Sender,
    readonly command: NamedCommand,
  ) {
    super();
  }
}

@CommandHandler(SendNamedCommand)
export class SendNamedCommandHandler implements ICommandHandler<SendNamedCommand> {
  constructor(@Inject(CommandLog) private readonly commands: CommandLog) {}

  /** Throws `not-found` or `stale-version`. */
  execute({ sender, command }: SendNamedCommand): Promise<Answer> {
    return this.commands.submit(sender, command);
  }
}
