import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Answer, CommandLog, type Sender } from '../../commands/command-log.js';

export class CreateWorkspace extends Command<Answer> {
  constructor(
    readonly sender: Sender,
    readonly name: string,
  ) {
    super();
  }
}

@CommandHandler(CreateWorkspace)
export class CreateWorkspaceHandler implements ICommandHandler<CreateWorkspace> {
  constructor(@Inject(CommandLog) private readonly commands: CommandLog) {}

  execute({ sender, name }: CreateWorkspace): Promise<Answer> {
    return this.commands.submit(sender, { type: 'CreateWorkspace', name });
  }
}
