import { Controller, Delete, Get, Put } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint, type Exchange } from '#platform';
import { CommandLog } from '../../commands/command-log.js';
import { submitted } from '../../http/answers.js';
import { CommandEndpoint, type CommandExchange } from '../../http/command-endpoint.js';
import { answerList, PageQuery, WALKS } from '../../http/pages.js';
import { listedUser, UserPage } from '../../users/listed-user.js';
import { GetNamed } from '../queries/named.js';
import { ListMembers } from '../queries/roles.js';
import { MemberPath, NamedPath } from './workspaces.input.js';

@ApiTags('groups')
@Controller('api/v3/groups/:id/members')
export class MembersController {
  constructor(
    private readonly commands: CommandLog,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Endpoint({
    id: 'listMembers',
    summary: 'A page of the members of a group, in the order of their ids',
    description: WALKS,
    scope: 'workspaces:read',
    path: NamedPath,
    query: PageQuery,
    answers: { 200: { body: UserPage, headers: { Link: 'sometimes' } } },
  })
  async list(exchange: Exchange<{ path: typeof NamedPath; query: typeof PageQuery }>) {
    const { environment } = exchange.caller;
    const { id } = exchange.path;
    await this.queries.execute(new GetNamed(environment, 'Group', id));
    return answerList(
      exchange,
      await this.queries.execute(new ListMembers(environment, id, exchange.query)),
      listedUser,
    );
  }

  @Put(':user_id')
  @CommandEndpoint({
    id: 'addMember',
    summary: 'Make a user a member of a group',
    description: 'It is done too where the user is a member already.',
    scope: 'workspaces:write',
    path: MemberPath,
    answers: { 204: {} },
  })
  async add(exchange: OfMember) {
    return submitted(this.commands, exchange, { type: 'AssignRole', ...endsOf(exchange), role: 'member' });
  }

  @Delete(':user_id')
  @CommandEndpoint({
    id: 'removeMember',
    summary: 'End the membership of a user in a group',
    description: 'It is done too where the user is no member.',
    scope: 'workspaces:write',
    path: MemberPath,
    answers: { 204: {} },
  })
  async remove(exchange: OfMember) {
    return submitted(this.commands, exchange, { type: 'WithdrawRole', ...endsOf(exchange) });
  }
}

type OfMember = CommandExchange<{ path: typeof MemberPath }>;

const endsOf = ({ path: { id, user_id } }: OfMember) =>
  ({ target: { type: 'group', id }, holder: { type: 'user', id: user_id } }) as const;
