import { Controller, Delete, Get, Param, Put, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type z } from 'zod';
import { Caller, checkedPath, checkedQuery, Endpoint } from '#platform';
import { CommandLog } from '../../commands/command-log.js';
import { answerCommand, senderOf } from '../../http/answers.js';
import { CommandEndpoint } from '../../http/command-endpoint.js';
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
  async list(
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

  @Put(':user_id')
  @CommandEndpoint({
    id: 'addMember',
    summary: 'Make a user a member of a group',
    description: 'It is done too where the user is a member already.',
    scope: 'workspaces:write',
    path: MemberPath,
    answers: { 204: {} },
  })
  async add(
    @Caller() caller: Caller,
    @Param(checkedPath(MemberPath)) path: z.output<typeof MemberPath>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const addition = { type: 'AssignRole', ...endsOf(path), role: 'member' } as const;
    return answerCommand(await this.commands.submit(senderOf(caller, request), addition), undefined, reply);
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
  async remove(
    @Caller() caller: Caller,
    @Param(checkedPath(MemberPath)) path: z.output<typeof MemberPath>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const removal = { type: 'WithdrawRole', ...endsOf(path) } as const;
    return answerCommand(await this.commands.submit(senderOf(caller, request), removal), undefined, reply);
  }
}

const endsOf = ({ id, user_id }: z.output<typeof MemberPath>) =>
  ({ target: { type: 'group', id }, holder: { type: 'user', id: user_id } }) as const;
