import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Problem } from '#platform';
import { type Answer, CommandLog, type Sender } from '../../commands/command-log.js';
import { mergePatch } from '../domain/merge-patch.js';
import { type FreeFields, type UserDetails } from '../domain/user.js';
import { PROFILE_BYTES } from '../http/user.input.js';
import { type Target, UserDoor } from './user-door.js';

export class ChangeUser extends Command<Answer> {
  constructor(
    readonly sender: Sender,
    readonly target: Target,
    readonly changes: Partial<UserDetails>,
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
    const { profile, key } = await this.door.letIn(sender, target);
    // What was let in before is let in again, whatever the profile has become: its first answer stands.
    if (!hasRoom(profile, changes.profile) && (await this.commands.bodyKnown(sender)) === undefined) throw tooLarge();
    return this.commands.submit(sender, { type: 'ChangeUser', ...target, key, changes });
  }
}

function hasRoom(profile: FreeFields, patch: FreeFields | undefined): boolean {
  if (patch === undefined) return true;
  return Buffer.byteLength(JSON.stringify(mergePatch(profile, patch))) <= PROFILE_BYTES;
}

function tooLarge(): Problem {
  const detail = `must be at most ${PROFILE_BYTES} bytes of JSON when merged`;
  return new Problem('invalid-body', `/profile: ${detail}`, {
    errors: [{ pointer: '/profile', code: 'too-large', detail }],
  });
}
