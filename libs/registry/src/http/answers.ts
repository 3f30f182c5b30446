import { type z } from 'zod';
import { type Exchange, type IfNoneMatch } from '#platform';
import { type Answer, type CommandLog, type Sender } from '../commands/command-log.js';
import { type AskedCommand } from '../stored/command-seals.js';
import { type CommandExchange, type PendingCommand } from './command-endpoint.js';
import { entityTag, isFresh } from './preconditions.js';

/** The sender of a command as the request says it. */
export function senderOf({ caller: { environment, subject }, headers }: CommandExchange): Sender {
  return { environment, subject, idempotencyKey: headers['Idempotency-Key'] };
}

/**
 * The body that answers a command, whose status and headers it sets: at once, when it is asked for later, and when it is
 * sent again under its key. `shown` is the object as the command left it, if there is one to show.
 */
export function answerCommand<Shown>(
  { reply }: Exchange,
  answer: Answer,
  shown?: Shown,
): Shown | z.output<typeof PendingCommand> | undefined {
  if ('pending' in answer) {
    void reply.status(202).header('location', `/api/v3/commands/${answer.pending}`);
    return { status: 'pending' };
  }
  const { type, id, did, version } = answer;
  if (did === 'create') void reply.status(201).header('location', `/api/v3/${type}s/${id}`);
  void (shown === undefined ? reply.status(204) : reply.header('etag', entityTag(version)));
  return shown;
}

/** Sends a command and answers it. `show` is what there is to show of what became of it. */
export async function submitted<Shown>(
  commands: CommandLog,
  exchange: CommandExchange,
  asked: AskedCommand,
  show: (answer: Answer) => Shown | undefined = () => undefined,
) {
  const answer = await commands.submit(senderOf(exchange), asked);
  return answerCommand(exchange, answer, show(answer));
}

/** The body that shows an object; none, with 304, where the client has it in this version already. */
export function answerObject<Shown>(
  { headers, reply }: Exchange<{ headers: typeof IfNoneMatch }>,
  version: number,
  shown: Shown,
): Shown | undefined {
  void reply.header('etag', entityTag(version));
  if (!isFresh(headers['If-None-Match'], version)) return shown;
  void reply.status(304);
  return undefined;
}
