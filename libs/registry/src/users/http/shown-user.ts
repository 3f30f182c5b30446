import { type QueryBus } from '@nestjs/cqrs';
import { type Answer } from '../../commands/command-log.js';
import { LastActive } from '../queries/last-active.js';
import { type UserRow } from '../queries/user.rows.js';
import { fullUser } from './user.views.js';

/** The user as a command left them, where its answer has one. `known` is what was learnt of them on the way. */
export async function shownUser(
  queries: QueryBus,
  environment: string,
  answer: Answer,
  known?: Pick<UserRow, 'lastActiveAt'>,
) {
  if ('pending' in answer || answer.user === undefined) return undefined;
  const { did, id, user } = answer;
  if (known || did === 'create') return fullUser({ ...user, lastActiveAt: known?.lastActiveAt });
  return fullUser({ ...user, lastActiveAt: await queries.execute(new LastActive(environment, id)) });
}
