import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Put, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type z } from 'zod';
import { Caller, checkedBody, checkedPath, checkedQuery, Endpoint, IfMatch, IfNoneMatch } from '#platform';
import { patchOf } from '../../http/answers.js';
import { CommandEndpoint, MADE, SHOWN } from '../../http/command-endpoint.js';
import { answerList, PageQuery, WALKS } from '../../http/pages.js';
import { UserPage } from '../../users/http/user.views.js';
import { listedUser } from '../../users/queries/user.rows.js';
import { GetNamed } from '../queries/named.js';
import { ListMembers } from '../queries/roles.js';
import { NamedRoutes } from './named-routes.js';
import { Group, GroupPage, MemberPath, NamedInput, NamedPatch, NamedPath } from './workspaces.input.js';

const scopes = { read: 'workspaces:read', write: 'workspaces:write' } as const;

@ApiTags('groups')
@Controller('api/v3/groups')
export class GroupsController {
  constructor(
    @Inject(NamedRoutes) private readonly routes: NamedRoutes,
    @Inject(QueryBus) private readonly queries: QueryBus,
  ) {}

  @Get()
  @Endpoint({
    id: 'listGroups',
    summary: 'A page of groups, in the order of their ids',
    description: WALKS,
    scope: scopes.read,
    query: PageQuery,
    answers: { 200: { body: GroupPage, headers: { Link: 'sometimes' } } },
    problems: ['not-found'],
  })
  list(
    @Caller() caller: Caller,
    @Query(checkedQuery(PageQuery)) query: z.output<typeof PageQuery>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.routes.list('Group', caller, query, request, reply);
  }

  @Post()
  @CommandEndpoint({
    id: 'createGroup',
    summary: 'Create a group',
    description: 'Its name need not be unique. The answer comes when every read shows the group.',
    scope: scopes.write,
    body: NamedInput,
    answers: { 201: { body: Group, headers: MADE } },
  })
  create(
    @Caller() caller: Caller,
    @Body(checkedBody(NamedInput)) { name }: z.output<typeof NamedInput>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.routes.create('Group', caller, name, request, reply);
  }

  @Get(':id')
  @Endpoint({
    id: 'getGroup',
    summary: 'One group',
    description: 'Its id and name.',
    scope: scopes.read,
    path: NamedPath,
    headers: IfNoneMatch,
    answers: { 200: { body: Group, headers: SHOWN }, 304: { description: 'It is still that version', headers: SHOWN } },
  })
  get(
    @Caller() caller: Caller,
    @Param(checkedPath(NamedPath)) { id }: z.output<typeof NamedPath>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.routes.get('Group', caller, id, request, reply);
  }

  @Patch(':id')
  @CommandEndpoint({
    id: 'changeGroup',
    summary: 'Rename a group',
    description: 'A name that it has already changes nothing.',
    scope: scopes.write,
    path: NamedPath,
    headers: IfMatch,
    body: patchOf(NamedPatch),
    answers: { 200: { body: Group, headers: SHOWN } },
    problems: ['stale-version'],
  })
  change(
    @Caller() caller: Caller,
    @Param(checkedPath(NamedPath)) { id }: z.output<typeof NamedPath>,
    @Body(checkedBody(NamedPatch)) patch: z.output<typeof NamedPatch>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.routes.change('Group', caller, id, patch, request, reply);
  }

  @Delete(':id')
  @CommandEndpoint({
    id: 'deleteGroup',
    summary: 'Delete a group, and the roles that it held',
    description: 'Its members lose what they had by it alone.',
    scope: scopes.write,
    path: NamedPath,
    headers: IfMatch,
    answers: { 204: {} },
    problems: ['stale-version'],
  })
  delete(
    @Caller() caller: Caller,
    @Param(checkedPath(NamedPath)) { id }: z.output<typeof NamedPath>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.routes.delete('Group', caller, id, request, reply);
  }

  @Get(':id/members')
  @Endpoint({
    id: 'listMembers',
    summary: 'A page of the members of a group, in the order of their ids',
    description: WALKS,
    scope: scopes.read,
    path: NamedPath,
    query: PageQuery,
    answers: { 200: { body: UserPage, headers: { Link: 'sometimes' } } },
  })
  async members(
    @Caller() { environment }: Caller,
    @Param(checkedPath(NamedPath)) { id }: z.output<typeof NamedPath>,
    @Query(checkedQuery(PageQuery)) query: z.output<typeof PageQuery>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    await this.queries.execute(new GetNamed(environment, 'Group', id));
    const members = await this.queries.execute(new ListMembers(environment, id, query));
    return answerList(request, reply, query, members, listedUser);
  }

  @Put(':id/members/:user_id')
  @CommandEndpoint({
    id: 'addMember',
    summary: 'Make a user a member of a group',
    description: 'It is done too where the user is a member already.',
    scope: scopes.write,
    path: MemberPath,
    answers: { 204: {} },
  })
  add(
    @Caller() caller: Caller,
    @Param(checkedPath(MemberPath)) path: z.output<typeof MemberPath>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.routes.setRole(caller, memberEnds(path), 'member', request, reply);
  }

  @Delete(':id/members/:user_id')
  @CommandEndpoint({
    id: 'removeMember',
    summary: 'End the membership of a user in a group',
    description: 'It is done too where the user is no member.',
    scope: scopes.write,
    path: MemberPath,
    answers: { 204: {} },
  })
  remove(
    @Caller() caller: Caller,
    @Param(checkedPath(MemberPath)) path: z.output<typeof MemberPath>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.routes.setRole(caller, memberEnds(path), undefined, request, reply);
  }
}

const memberEnds = ({ id, user_id }: z.output<typeof MemberPath>) => ({
  target: { type: 'group' as const, id },
  holder: { type: 'user' as const, id: user_id },
});
