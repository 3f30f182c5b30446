import { type QueryBus } from '@nestjs/cqrs';
import { type Answer } from '../../commands/command-log.js';
import { LastActive } from '../queries/last-active.js';
import { fullUser } from './user.views.js';

/** The user as a command left them, where its answer has one. */
export async function shownUser(queries: QueryBus, environment: string, answer: Answer) {
  if ('pending' in answer || answer.user === undefined) return undefined;
  const { did, id, user } = answer;
  const lastActiveAt = did === 'create' ? undefined : await queries.execute(new LastActive(environment, id));
  return fullUser({ ...user, lastActiveAt });
}
