import { Controller, Delete, Get, Put } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint, type Exchange, type Parts } from '#platform';
import { CommandLog } from '../../commands/command-log.js';
import { submitted } from '../../http/answers.js';
import { CommandEndpoint, type CommandExchange } from '../../http/command-endpoint.js';
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
    heavy: true,
    path: NamedPath,
    answers: { 200: { body: Permissions } },
  })
  async list({ caller: { environment }, path: { id } }: Exchange<{ path: typeof NamedPath }>) {
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
  async grantUser(exchange: OfUser<{ body: typeof RoleInput }>) {
    return submitted(this.commands, exchange, { type: 'AssignRole', ...userEnds(exchange), role: exchange.body.role });
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
  async revokeUser(exchange: OfUser) {
    return submitted(this.commands, exchange, { type: 'WithdrawRole', ...userEnds(exchange) });
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
  async grantGroup(exchange: OfGroup<{ body: typeof RoleInput }>) {
    return submitted(this.commands, exchange, { type: 'AssignRole', ...groupEnds(exchange), role: exchange.body.role });
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
  async revokeGroup(exchange: OfGroup) {
    return submitted(this.commands, exchange, { type: 'WithdrawRole', ...groupEnds(exchange) });
  }
}

type OfUser<Of extends Parts = object> = CommandExchange<Of & { path: typeof MemberPath }>;
type OfGroup<Of extends Parts = object> = CommandExchange<Of & { path: typeof GroupGrantPath }>;

const userEnds = ({ path: { id, user_id } }: OfUser) =>
  ({ target: { type: 'workspace', id }, holder: { type: 'user', id: user_id } }) as const;

const groupEnds = ({ path: { id, group_id } }: OfGroup) =>
  ({ target: { type: 'workspace', id }, holder: { type: 'group', id: group_id } }) as const;
