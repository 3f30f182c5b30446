import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Put, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type z } from 'zod';
import { Caller, checkedBody, checkedPath, checkedQuery, Endpoint, IfMatch, IfNoneMatch } from '#platform';
import { patchOf } from '../../http/answers.js';
import { CommandEndpoint, MADE, SHOWN } from '../../http/command-endpoint.js';
import { PageQuery, WALKS } from '../../http/pages.js';
import { GetNamed } from '../queries/named.js';
import { ListPermissions } from '../queries/roles.js';
import { NamedRoutes } from './named-routes.js';
import {
  GroupGrantPath,
  MemberPath,
  NamedInput,
  NamedPatch,
  NamedPath,
  Permissions,
  RoleInput,
  Workspace,
  WorkspacePage,
} from './workspaces.input.js';

const scopes = { read: 'workspaces:read', write: 'workspaces:write' } as const;

@ApiTags('workspaces')
@Controller('api/v3/workspaces')
export class WorkspacesController {
  constructor(
    @Inject(NamedRoutes) private readonly routes: NamedRoutes,
    @Inject(QueryBus) private readonly queries: QueryBus,
  ) {}

  @Get()
  @Endpoint({
    id: 'listWorkspaces',
    summary: 'A page of workspaces, in the order of their ids',
    description: WALKS,
    scope: scopes.read,
    query: PageQuery,
    answers: { 200: { body: WorkspacePage, headers: { Link: 'sometimes' } } },
    problems: ['not-found'],
  })
  list(
    @Caller() caller: Caller,
    @Query(checkedQuery(PageQuery)) query: z.output<typeof PageQuery>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.routes.list('Workspace', caller, query, request, reply);
  }

  @Post()
  @CommandEndpoint({
    id: 'createWorkspace',
    summary: 'Create a workspace',
    description: 'Its name need not be unique. The answer comes when every read shows the workspace.',
    scope: scopes.write,
    body: NamedInput,
    answers: { 201: { body: Workspace, headers: MADE } },
  })
  create(
    @Caller() caller: Caller,
    @Body(checkedBody(NamedInput)) { name }: z.output<typeof NamedInput>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.routes.create('Workspace', caller, name, request, reply);
  }

  @Get(':id')
  @Endpoint({
    id: 'getWorkspace',
    summary: 'One workspace',
    description: 'Its id and name.',
    scope: scopes.read,
    path: NamedPath,
    headers: IfNoneMatch,
    answers: {
      200: { body: Workspace, headers: SHOWN },
      304: { description: 'It is still that version', headers: SHOWN },
    },
  })
  get(
    @Caller() caller: Caller,
    @Param(checkedPath(NamedPath)) { id }: z.output<typeof NamedPath>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.routes.get('Workspace', caller, id, request, reply);
  }

  @Patch(':id')
  @CommandEndpoint({
    id: 'changeWorkspace',
    summary: 'Rename a workspace',
    description: 'A name that it has already changes nothing.',
    scope: scopes.write,
    path: NamedPath,
    headers: IfMatch,
    body: patchOf(NamedPatch),
    answers: { 200: { body: Workspace, headers: SHOWN } },
    problems: ['stale-version'],
  })
  change(
    @Caller() caller: Caller,
    @Param(checkedPath(NamedPath)) { id }: z.output<typeof NamedPath>,
    @Body(checkedBody(NamedPatch)) patch: z.output<typeof NamedPatch>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.routes.change('Workspace', caller, id, patch, request, reply);
  }

  @Delete(':id')
  @CommandEndpoint({
    id: 'deleteWorkspace',
    summary: 'Delete a workspace, and the roles in it',
    description: 'Its activities stay in the feeds and figures of their users.',
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
    return this.routes.delete('Workspace', caller, id, request, reply);
  }

  @Get(':id/permissions')
  @Endpoint({
    id: 'listPermissions',
    summary: 'Who has a role in a workspace, directly and as a group',
    description: 'The roles that were given, not what follows for the members of groups.',
    scope: scopes.read,
    path: NamedPath,
    answers: { 200: { body: Permissions } },
  })
  async permissions(
    @Caller() { environment }: Caller,
    @Param(checkedPath(NamedPath)) { id }: z.output<typeof NamedPath>,
  ) {
    await this.queries.execute(new GetNamed(environment, 'Workspace', id));
    return this.queries.execute(new ListPermissions(environment, id));
  }

  @Put(':id/permissions/users/:user_id')
  @CommandEndpoint({
    id: 'grantUser',
    summary: 'Give a user a role in a workspace',
    description: 'In place of the role that the user had there of its own.',
    scope: scopes.write,
    path: MemberPath,
    body: RoleInput,
    answers: { 204: {} },
  })
  grantUser(
    @Caller() caller: Caller,
    @Param(checkedPath(MemberPath)) path: z.output<typeof MemberPath>,
    @Body(checkedBody(RoleInput)) { role }: z.output<typeof RoleInput>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.routes.setRole(caller, userEnds(path), role, request, reply);
  }

  @Delete(':id/permissions/users/:user_id')
  @CommandEndpoint({
    id: 'revokeUser',
    summary: "Take a user's own role in a workspace away",
    description: 'Roles by groups stay. It is done too where there was none.',
    scope: scopes.write,
    path: MemberPath,
    answers: { 204: {} },
  })
  revokeUser(
    @Caller() caller: Caller,
    @Param(checkedPath(MemberPath)) path: z.output<typeof MemberPath>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.routes.setRole(caller, userEnds(path), undefined, request, reply);
  }

  @Put(':id/permissions/groups/:group_id')
  @CommandEndpoint({
    id: 'grantGroup',
    summary: 'Give all members of a group a role in a workspace',
    description: 'In place of the role that the group had there.',
    scope: scopes.write,
    path: GroupGrantPath,
    body: RoleInput,
    answers: { 204: {} },
  })
  grantGroup(
    @Caller() caller: Caller,
    @Param(checkedPath(GroupGrantPath)) path: z.output<typeof GroupGrantPath>,
    @Body(checkedBody(RoleInput)) { role }: z.output<typeof RoleInput>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.routes.setRole(caller, groupEnds(path), role, request, reply);
  }

  @Delete(':id/permissions/groups/:group_id')
  @CommandEndpoint({
    id: 'revokeGroup',
    summary: "Take a group's role in a workspace away",
    description: 'It is done too where there was none.',
    scope: scopes.write,
    path: GroupGrantPath,
    answers: { 204: {} },
  })
  revokeGroup(
    @Caller() caller: Caller,
    @Param(checkedPath(GroupGrantPath)) path: z.output<typeof GroupGrantPath>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.routes.setRole(caller, groupEnds(path), undefined, request, reply);
  }
}

const userEnds = ({ id, user_id }: z.output<typeof MemberPath>) => ({
  target: { type: 'workspace' as const, id },
  holder: { type: 'user' as const, id: user_id },
});

const groupEnds = ({ id, group_id }: z.output<typeof GroupGrantPath>) => ({
  target: { type: 'workspace' as const, id },
  holder: { type: 'group' as const, id: group_id },
});
