import { Body, Controller, Delete, Get, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type z } from 'zod';
import { Caller, checkedBody, checkedPath, checkedQuery, Problem } from '#platform';
import { type Answer, CommandLog } from '../../commands/command-log.js';
import { type NamedKind } from '../../decisions/named.decider.js';
import { answerCommand, answerObject, senderOf } from '../../http/answers.js';
import { answerList, PageQuery } from '../../http/pages.js';
import { entityTag, expectedVersions } from '../../http/preconditions.js';
import { GetNamed, ListNamed, type NamedRow } from '../queries/named.js';
import { endpointsOf } from './named.endpoints.js';
import { NamedInput, NamedPatch, NamedPath } from './workspaces.input.js';

const shown = ({ id, name }: Pick<NamedRow, 'id' | 'name'>) => ({ id, name });

/** The workspace or group as a command left it, where its answer has one. */
export const shownNamed = (answer: Answer) =>
  'pending' in answer || answer.named === undefined ? undefined : shown(answer.named);

/** The routes of workspaces, or of groups: made once of each kind, since no two calls may have one id. */
export function namedControllers(kind: NamedKind) {
  const path = kind.toLowerCase() + 's';
  const endpoints = endpointsOf(kind);
  return [readsOf(kind, path, endpoints), writesOf(kind, path, endpoints)];
}

type Endpoints = ReturnType<typeof endpointsOf>;

function readsOf(kind: NamedKind, path: string, endpoints: Endpoints) {
  @ApiTags(path)
  @Controller(`api/v3/${path}`)
  class NamedReads {
    constructor(private readonly queries: QueryBus) {}

    @Get()
    @endpoints.list
    async list(
      @Caller() { environment }: Caller,
      @Query(checkedQuery(PageQuery)) query: z.output<typeof PageQuery>,
      @Req() request: FastifyRequest,
      @Res({ passthrough: true }) reply: FastifyReply,
    ) {
      const objects = await this.queries.execute(new ListNamed(environment, kind, query));
      return answerList(request, reply, query, objects, shown);
    }

    @Get(':id')
    @endpoints.get
    async get(
      @Caller() { environment }: Caller,
      @Param(checkedPath(NamedPath)) { id }: z.output<typeof NamedPath>,
      @Req() request: FastifyRequest,
      @Res({ passthrough: true }) reply: FastifyReply,
    ) {
      const object = await this.queries.execute(new GetNamed(environment, kind, id));
      return answerObject(object.version, shown(object), request, reply);
    }
  }
  return NamedReads;
}

function writesOf(kind: NamedKind, path: string, endpoints: Endpoints) {
  @ApiTags(path)
  @Controller(`api/v3/${path}`)
  class NamedWrites {
    constructor(
      private readonly commands: CommandLog,
      private readonly queries: QueryBus,
    ) {}

    @Post()
    @endpoints.create
    async create(
      @Caller() caller: Caller,
      @Body(checkedBody(NamedInput)) { name }: z.output<typeof NamedInput>,
      @Req() request: FastifyRequest,
      @Res({ passthrough: true }) reply: FastifyReply,
    ) {
      const answer = await this.commands.submit(senderOf(caller, request), { type: `Create${kind}`, name });
      return answerCommand(answer, shownNamed(answer), reply);
    }

    @Patch(':id')
    @endpoints.change
    async change(
      @Caller() caller: Caller,
      @Param(checkedPath(NamedPath)) { id }: z.output<typeof NamedPath>,
      @Body(checkedBody(NamedPatch)) { name }: z.output<typeof NamedPatch>,
      @Req() request: FastifyRequest,
      @Res({ passthrough: true }) reply: FastifyReply,
    ) {
      const expected = expectedVersions(request);
      if (name === undefined) {
        return answerUnchanged(await this.queries.execute(new GetNamed(caller.environment, kind, id)), expected, reply);
      }
      const rename = { type: `Rename${kind}`, id, name, ifOther: true, ...expected } as const;
      const answer = await this.commands.submit(senderOf(caller, request), rename);
      return answerCommand(answer, shownNamed(answer), reply);
    }

    @Delete(':id')
    @endpoints.delete
    async delete(
      @Caller() caller: Caller,
      @Param(checkedPath(NamedPath)) { id }: z.output<typeof NamedPath>,
      @Req() request: FastifyRequest,
      @Res({ passthrough: true }) reply: FastifyReply,
    ) {
      const deletion = { type: `Delete${kind}`, id, ...expectedVersions(request) } as const;
      const answer = await this.commands.submit(senderOf(caller, request), deletion);
      return answerCommand(answer, shownNamed(answer), reply);
    }
  }
  return NamedWrites;
}

/** A patch without a name changes nothing, and is no command. */
function answerUnchanged(object: NamedRow, { ifVersions }: ReturnType<typeof expectedVersions>, reply: FastifyReply) {
  if (ifVersions && !ifVersions.includes(object.version)) {
    throw new Problem('stale-version', `The current version is ${entityTag(object.version)}.`);
  }
  void reply.header('etag', entityTag(object.version));
  return shown(object);
}
