import { Inject, Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { type FastifyReply } from 'fastify';
import { type Answer } from '../commands/command-log.js';
import { type Accepted } from '../decisions/registry.state.js';
import { LastActive } from '../users/queries/last-active.js';
import { fullUser, userRow } from '../users/queries/user.rows.js';
import { answerPending, isPending } from './answers.js';
import { entityTag } from './preconditions.js';

/** What a command is answered: at once, when it is asked for later, and when it is sent again under its key. */
@Injectable()
export class Answering {
  constructor(@Inject(QueryBus) private readonly queries: QueryBus) {}

  /** The body of the answer; its status and headers are set. */
  async answer(environment: string, answer: Answer, reply: FastifyReply) {
    if (isPending(answer)) return answerPending(answer, reply);
    const { type, id, did, version, user, named } = answer;
    if (did === 'create') void reply.status(201).header('location', `/api/v3/${type}s/${id}`);
    if (user ?? named) void reply.header('etag', entityTag(version));
    if (named) return { id: named.id, name: named.name };
    if (user) return fullUser(userRow(user, await this.lastActive(environment, answer)));
    void reply.status(204);
    return undefined;
  }

  private async lastActive(environment: string, { id, did }: Accepted['accepted']): Promise<number | null> {
    return did === 'create' ? null : this.queries.execute(new LastActive(environment, id));
  }
}
