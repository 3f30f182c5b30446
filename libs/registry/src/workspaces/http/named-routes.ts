import { Inject, Injectable } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Caller, Problem } from '#platform';
import { Answering } from '../../http/answering.js';
import { senderOf } from '../../http/answers.js';
import { answerList } from '../../http/pages.js';
import { entityTag, isFresh, versionsOf } from '../../http/preconditions.js';
import { type ListPart } from '../../listed.js';
import { type Holder, type Role, type Target } from '../../decisions/assignment.decider.js';
import { type NamedCommand, type NamedKind } from '../../decisions/named.decider.js';
import { SendNamedCommand } from '../commands/named-commands.js';
import { SetRole } from '../commands/set-role.js';
import { GetNamed, ListNamed, type NamedRow } from '../queries/named.js';

const shown = ({ id, name }: NamedRow) => ({ id, name });

/** What the routes of workspaces and of groups answer; they differ in nothing but the kind. */
@Injectable()
export class NamedRoutes {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(Answering) private readonly answering: Answering,
  ) {}

  async list(kind: NamedKind, { environment }: Caller, part: ListPart, request: FastifyRequest, reply: FastifyReply) {
    const objects = await this.queries.execute(new ListNamed(environment, kind, part));
    return answerList(request, reply, part, objects, shown);
  }

  async get(kind: NamedKind, { environment }: Caller, id: number, request: FastifyRequest, reply: FastifyReply) {
    const object = await this.queries.execute(new GetNamed(environment, kind, id));
    void reply.header('etag', entityTag(object.version));
    if (!isFresh(request.headers['if-none-match'], object.version)) return shown(object);
    void reply.status(304);
    return undefined;
  }

  create(kind: NamedKind, caller: Caller, name: string, request: FastifyRequest, reply: FastifyReply) {
    return this.send(caller, { type: `Create${kind}`, name }, request, reply);
  }

  /** A patch without a name changes nothing, and is no command. */
  async change(
    kind: NamedKind,
    caller: Caller,
    id: number,
    { name }: { name?: string },
    request: FastifyRequest,
    reply: FastifyReply,
  ) {
    if (name !== undefined) {
      const rename = { type: `Rename${kind}`, id, name, ifOther: true, ...expected(request) } as const;
      return this.send(caller, rename, request, reply);
    }
    const current = await this.queries.execute(new GetNamed(caller.environment, kind, id));
    const versions = versionsOf(request.headers['if-match']);
    if (versions && !versions.includes(current.version)) {
      throw new Problem('stale-version', `The current version is ${entityTag(current.version)}.`);
    }
    void reply.header('etag', entityTag(current.version));
    return shown(current);
  }

  delete(kind: NamedKind, caller: Caller, id: number, request: FastifyRequest, reply: FastifyReply) {
    return this.send(caller, { type: `Delete${kind}`, id, ...expected(request) }, request, reply);
  }

  /** Assigns a role, or withdraws it where it is undefined. */
  async setRole(
    caller: Caller,
    ends: { target: Target; holder: Holder },
    role: Role | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ) {
    const command = new SetRole(senderOf(caller, request), ends.target, ends.holder, role);
    return this.answering.answer(caller.environment, await this.commands.execute(command), reply);
  }

  private async send(caller: Caller, command: NamedCommand, request: FastifyRequest, reply: FastifyReply) {
    const answer = await this.commands.execute(new SendNamedCommand(senderOf(caller, request), command));
    return this.answering.answer(caller.environment, answer, reply);
  }
}

function expected(request: FastifyRequest) {
  const ifVersions = versionsOf(request.headers['if-match']);
  return ifVersions && { ifVersions };
}
