import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type z } from 'zod';
import { Caller, checkedBody, checkedPath, checkedQuery, Endpoint, IfMatch, IfNoneMatch, Problem } from '#platform';
import { type Answer, CommandLog } from '../../commands/command-log.js';
import { type NamedKind } from '../../decisions/named.decider.js';
import { answerCommand, answerObject, patchOf, senderOf } from '../../http/answers.js';
import { CommandEndpoint, MADE, SHOWN } from '../../http/command-endpoint.js';
import { answerList, PageQuery, WALKS } from '../../http/pages.js';
import { entityTag, expectedVersions } from '../../http/preconditions.js';
import { GetNamed, ListNamed, type NamedRow } from '../queries/named.js';
import { Group, GroupPage, NamedInput, NamedPatch, NamedPath, Workspace, WorkspacePage } from './workspaces.input.js';

const scopes = { read: 'workspaces:read', write: 'workspaces:write' } as const;

const KINDS = {
  Workspace: {
    ...{ noun: 'workspace', One: Workspace, Page: WorkspacePage },
    deletion: 'Delete a workspace, and the roles in it',
    afterDeletion: 'Its activities stay in the feeds and figures of their users.',
  },
  Group: {
    ...{ noun: 'group', One: Group, Page: GroupPage },
    deletion: 'Delete a group, and the roles that it held',
    afterDeletion: 'Its members lose what they had by it alone.',
  },
};

const shown = ({ id, name }: Pick<NamedRow, 'id' | 'name'>) => ({ id, name });

/** The workspace or group as a command left it, where its answer has one. */
export const shownNamed = (answer: Answer) =>
  'pending' in answer || answer.named === undefined ? undefined : shown(answer.named);

/** The routes of workspaces, or of groups. */
function namedController(kind: NamedKind) {
  const { noun, One, Page, deletion, afterDeletion } = KINDS[kind];

  @ApiTags(`${noun}s`)
  @Controller(`api/v3/${noun}s`)
  class NamedController {
    constructor(
      @Inject(CommandLog) private readonly commands: CommandLog,
      @Inject(QueryBus) private readonly queries: QueryBus,
    ) {}

    @Get()
    @Endpoint({
      id: `list${kind}s`,
      summary: `A page of ${noun}s, in the order of their ids`,
      description: WALKS,
      scope: scopes.read,
      query: PageQuery,
      answers: { 200: { body: Page, headers: { Link: 'sometimes' } } },
      problems: ['not-found'],
    })
    async list(
      @Caller() { environment }: Caller,
      @Query(checkedQuery(PageQuery)) query: z.output<typeof PageQuery>,
      @Req() request: FastifyRequest,
      @Res({ passthrough: true }) reply: FastifyReply,
    ) {
      const objects = await this.queries.execute(new ListNamed(environment, kind, query));
      return answerList(request, reply, query, objects, shown);
    }

    @Post()
    @CommandEndpoint({
      id: `create${kind}`,
      summary: `Create a ${noun}`,
      description: `Its name need not be unique. The answer comes when every read shows the ${noun}.`,
      scope: scopes.write,
      body: NamedInput,
      answers: { 201: { body: One, headers: MADE } },
    })
    async create(
      @Caller() caller: Caller,
      @Body(checkedBody(NamedInput)) { name }: z.output<typeof NamedInput>,
      @Req() request: FastifyRequest,
      @Res({ passthrough: true }) reply: FastifyReply,
    ) {
      const answer = await this.commands.submit(senderOf(caller, request), { type: `Create${kind}`, name });
      return answerCommand(answer, shownNamed(answer), reply);
    }

    @Get(':id')
    @Endpoint({
      id: `get${kind}`,
      summary: `One ${noun}`,
      description: 'Its id and name.',
      scope: scopes.read,
      path: NamedPath,
      headers: IfNoneMatch,
      answers: { 200: { body: One, headers: SHOWN }, 304: { description: 'It is still that version', headers: SHOWN } },
    })
    async get(
      @Caller() { environment }: Caller,
      @Param(checkedPath(NamedPath)) { id }: z.output<typeof NamedPath>,
      @Req() request: FastifyRequest,
      @Res({ passthrough: true }) reply: FastifyReply,
    ) {
      const object = await this.queries.execute(new GetNamed(environment, kind, id));
      return answerObject(object.version, shown(object), request, reply);
    }

    /** A patch without a name changes nothing, and is no command. */
    @Patch(':id')
    @CommandEndpoint({
      id: `change${kind}`,
      summary: `Rename a ${noun}`,
      description: 'A name that it has already changes nothing.',
      scope: scopes.write,
      path: NamedPath,
      headers: IfMatch,
      body: patchOf(NamedPatch),
      answers: { 200: { body: One, headers: SHOWN } },
      problems: ['stale-version'],
    })
    async change(
      @Caller() caller: Caller,
      @Param(checkedPath(NamedPath)) { id }: z.output<typeof NamedPath>,
      @Body(checkedBody(NamedPatch)) { name }: z.output<typeof NamedPatch>,
      @Req() request: FastifyRequest,
      @Res({ passthrough: true }) reply: FastifyReply,
    ) {
      const expected = expectedVersions(request);
      if (name === undefined) return this.unchanged(caller, id, expected, reply);
      const rename = { type: `Rename${kind}`, id, name, ifOther: true, ...expected } as const;
      const answer = await this.commands.submit(senderOf(caller, request), rename);
      return answerCommand(answer, shownNamed(answer), reply);
    }

    @Delete(':id')
    @CommandEndpoint({
      id: `delete${kind}`,
      summary: deletion,
      description: afterDeletion,
      scope: scopes.write,
      path: NamedPath,
      headers: IfMatch,
      answers: { 204: {} },
      problems: ['stale-version'],
    })
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

    private async unchanged(
      { environment }: Caller,
      id: number,
      { ifVersions }: ReturnType<typeof expectedVersions>,
      reply: FastifyReply,
    ) {
      const object = await this.queries.execute(new GetNamed(environment, kind, id));
      if (ifVersions && !ifVersions.includes(object.version)) {
        throw new Problem('stale-version', `The current version is ${entityTag(object.version)}.`);
      }
      void reply.header('etag', entityTag(object.version));
      return shown(object);
    }
  }

  return NamedController;
}

export const WorkspacesController = namedController('Workspace');
export const GroupsController = namedController('Group');
