import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Answer, CommandLog, type Sender } from '../../commands/command-log.js';
import { type Holder, type Role, type Target } from '../../decisions/assignment.decider.js';

/** Gives a user or a group a role in a group or a workspace, or takes it away (undefined). */
export class SetRole extends Command<Answer> {
  constructor(
    readonly sender: Sender,
    readonly target: Target,
    readonly holder: Holder,
    readonly role: Role | undefined,
  ) {
    super();
  }
}

@CommandHandler(SetRole)
export class SetRoleHandler implements ICommandHandler<SetRole> {
  constructor(@Inject(CommandLog) private readonly commands: CommandLog) {}

  /** Throws `not-found` when one of the two is not there. */
  execute({ sender, target, holder, role }: SetRole): Promise<Answer> {
    const ends = { target, holder };
    return this.commands.submit(
      sender,
      role === undefined ? { type: 'WithdrawRole', ...ends } : { type: 'AssignRole', ...ends, role },
    );
  }
}
