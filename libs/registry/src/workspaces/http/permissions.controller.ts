import { Body, Controller, Delete, Get, Param, Put, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type z } from 'zod';
import { Caller, checkedBody, checkedPath, Endpoint } from '#platform';
import { CommandLog } from '../../commands/command-log.js';
import { answerCommand, senderOf } from '../../http/answers.js';
import { CommandEndpoint } from '../../http/command-endpoint.js';
import { GetNamed } from '../queries/named.js';
import { ListPermissions } from '../queries/roles.js';
import { GroupGrantPath, MemberPath, NamedPath, Permissions, RoleInput } from './workspaces.input.js';

@ApiTags('workspaces')
@Controller('api/v3/workspaces/:id/permissions')
export class PermissionsController {
  constructor(
    private readonly commands: CommandLog,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Endpoint({
    id: 'listPermissions',
    summary: 'Who has a role in a workspace, directly and as a group',
    description: 'The roles that were given, not what follows for the members of groups.',
    scope: 'workspaces:read',
    path: NamedPath,
    answers: { 200: { body: Permissions } },
  })
  async list(@Caller() { environment }: Caller, @Param(checkedPath(NamedPath)) { id }: z.output<typeof NamedPath>) {
    await this.queries.execute(new GetNamed(environment, 'Workspace', id));
    return this.queries.execute(new ListPermissions(environment, id));
  }

  @Put('users/:user_id')
  @CommandEndpoint({
    id: 'grantUser',
    summary: 'Give a user a role in a workspace',
    description: 'In place of the role that the user had there of its own.',
    scope: 'workspaces:write',
    path: MemberPath,
    body: RoleInput,
    answers: { 204: {} },
  })
  async grantUser(
    @Caller() caller: Caller,
    @Param(checkedPath(MemberPath)) path: z.output<typeof MemberPath>,
    @Body(checkedBody(RoleInput)) { role }: z.output<typeof RoleInput>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const grant = { type: 'AssignRole', ...userEnds(path), role } as const;
    return answerCommand(await this.commands.submit(senderOf(caller, request), grant), undefined, reply);
  }

  @Delete('users/:user_id')
  @CommandEndpoint({
    id: 'revokeUser',
    summary: "Take a user's own role in a workspace away",
    description: 'Roles by groups stay. It is done too where there was none.',
    scope: 'workspaces:write',
    path: MemberPath,
    answers: { 204: {} },
  })
  async revokeUser(
    @Caller() caller: Caller,
    @Param(checkedPath(MemberPath)) path: z.output<typeof MemberPath>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const revocation = { type: 'WithdrawRole', ...userEnds(path) } as const;
    return answerCommand(await this.commands.submit(senderOf(caller, request), revocation), undefined, reply);
  }

  @Put('groups/:group_id')
  @CommandEndpoint({
    id: 'grantGroup',
    summary: 'Give all members of a group a role in a workspace',
    description: 'In place of the role that the group had there.',
    scope: 'workspaces:write',
    path: GroupGrantPath,
    body: RoleInput,
    answers: { 204: {} },
  })
  async grantGroup(
    @Caller() caller: Caller,
    @Param(checkedPath(GroupGrantPath)) path: z.output<typeof GroupGrantPath>,
    @Body(checkedBody(RoleInput)) { role }: z.output<typeof RoleInput>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const grant = { type: 'AssignRole', ...groupEnds(path), role } as const;
    return answerCommand(await this.commands.submit(senderOf(caller, request), grant), undefined, reply);
  }

  @Delete('groups/:group_id')
  @CommandEndpoint({
    id: 'revokeGroup',
    summary: "Take a group's role in a workspace away",
    description: 'It is done too where there was none.',
    scope: 'workspaces:write',
    path: GroupGrantPath,
    answers: { 204: {} },
  })
  async revokeGroup(
    @Caller() caller: Caller,
    @Param(checkedPath(GroupGrantPath)) path: z.output<typeof GroupGrantPath>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const revocation = { type: 'WithdrawRole', ...groupEnds(path) } as const;
    return answerCommand(await this.commands.submit(senderOf(caller, request), revocation), undefined, reply);
  }
}

const userEnds = ({ id, user_id }: z.output<typeof MemberPath>) =>
  ({ target: { type: 'workspace', id }, holder: { type: 'user', id: user_id } }) as const;

const groupEnds = ({ id, group_id }: z.output<typeof GroupGrantPath>) =>
  ({ target: { type: 'workspace', id }, holder: { type: 'group', id: group_id } }) as const;
