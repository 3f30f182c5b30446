import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type z } from 'zod';
import {
  Caller,
  checkedBody,
  checkedPath,
  checkedQuery,
  Endpoint,
  IfMatch,
  IfNoneMatch,
  requireScope,
} from '#platform';
import { type Answer, CommandLog, type Sender } from '../../commands/command-log.js';
import { answerCommand, answerObject, patchOf, senderOf } from '../../http/answers.js';
import { CommandEndpoint, MADE, SHOWN } from '../../http/command-endpoint.js';
import { answerList, WALKS } from '../../http/pages.js';
import { expectedVersions } from '../../http/preconditions.js';
import { type AskedOfUser, SendUserCommand } from '../commands/send-user-command.js';
import { listedUser, UserPage } from '../listed-user.js';
import { GetUser } from '../queries/get-user.js';
import { ListUsers } from '../queries/list-users.js';
import { SearchQuery, SearchUsers } from '../queries/search-users.js';
import { shownUser } from './shown-user.js';
import { DeleteQuery, UserInput, UserListQuery, UserPatch, UserPath } from './user.input.js';
import { FoundUsers, FullUser, fullUser } from './user.views.js';

type UserId = z.output<typeof UserPath>;

@ApiTags('users')
@Controller('api/v3/users')
export class UsersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly log: CommandLog,
  ) {}

  @Get()
  @Endpoint({
    id: 'listUsers',
    summary: 'A page of users, in the order of their ids',
    description: WALKS,
    scope: 'users:read',
    query: UserListQuery,
    heavy: true,
    answers: { 200: { body: UserPage, headers: { Link: 'sometimes' } } },
    problems: ['not-found'],
  })
  async list(
    @Caller() { environment }: Caller,
    @Query(checkedQuery(UserListQuery)) { page, page_size, after, ...filters }: z.output<typeof UserListQuery>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const part = { page, page_size, after };
    const users = await this.queries.execute(new ListUsers(environment, part, filters));
    return answerList(request, reply, part, users, listedUser);
  }

  @Get('search')
  @Endpoint({
    id: 'searchUsers',
    summary: 'The users that fit best, by username, e-mail, first and last name',
    description:
      'Every word must fit one of username, e-mail, first and last name, without regard to case or accents; close spellings come last.',
    scope: 'users:read',
    query: SearchQuery,
    heavy: true,
    answers: { 200: { body: FoundUsers } },
  })
  async search(
    @Caller() { environment }: Caller,
    @Query(checkedQuery(SearchQuery)) { q, limit }: z.output<typeof SearchQuery>,
  ) {
    return (await this.queries.execute(new SearchUsers(environment, q, limit))).map(listedUser);
  }

  @Get(':user_id')
  @Endpoint({
    id: 'getUser',
    summary: 'One user',
    description: 'The full profile. With If-None-Match it is sent only where it has changed.',
    scope: 'users:read',
    path: UserPath,
    headers: IfNoneMatch,
    answers: {
      200: { body: FullUser, headers: SHOWN },
      304: { description: 'It is still that version', headers: SHOWN },
    },
  })
  async get(
    @Caller() { environment }: Caller,
    @Param(checkedPath(UserPath)) { user_id }: UserId,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const user = await this.queries.execute(new GetUser(environment, { id: user_id }));
    return answerObject(user.version, fullUser(user), request, reply);
  }

  @Post()
  @CommandEndpoint({
    id: 'registerUser',
    summary: 'Register a user',
    description: 'What is left out falls to its default. The answer comes when every read shows the user.',
    scope: 'users:write',
    body: UserInput,
    answers: { 201: { body: FullUser, headers: MADE } },
    // Under a key whose first request made somebody who has been deleted since.
    problems: ['username-taken', 'email-taken', 'not-found'],
  })
  async register(
    @Caller() caller: Caller,
    @Body(checkedBody(UserInput)) user: z.output<typeof UserInput>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const sender = senderOf(caller, request);
    return this.answer(sender, await this.log.submit(sender, { type: 'RegisterUser', user }), reply);
  }

  @Put(':user_id')
  @CommandEndpoint({
    id: 'replaceUser',
    summary: 'Replace all details of a user',
    description:
      'The user becomes what is sent: what is left out falls to its default. With If-Match only where nobody was faster.',
    scope: 'users:write',
    path: UserPath,
    headers: IfMatch,
    body: UserInput,
    answers: { 200: { body: FullUser, headers: SHOWN } },
    problems: ['username-taken', 'email-taken', 'stale-version'],
  })
  async replace(
    @Caller() caller: Caller,
    @Param(checkedPath(UserPath)) { user_id }: UserId,
    @Body(checkedBody(UserInput)) user: z.output<typeof UserInput>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const asked = { type: 'ReplaceUser', userId: user_id, ...expectedVersions(request), user } as const;
    return this.send(senderOf(caller, request), asked, reply);
  }

  @Patch(':user_id')
  @CommandEndpoint({
    id: 'changeUser',
    summary: 'Change some details of a user',
    description:
      'Only what is sent changes; `profile` is merged (RFC 7396), and null puts a field back to its default.',
    scope: 'users:write',
    path: UserPath,
    headers: IfMatch,
    body: patchOf(UserPatch),
    answers: { 200: { body: FullUser, headers: SHOWN } },
    problems: ['username-taken', 'email-taken', 'stale-version'],
  })
  async change(
    @Caller() caller: Caller,
    @Param(checkedPath(UserPath)) { user_id }: UserId,
    @Body(checkedBody(UserPatch)) changes: z.output<typeof UserPatch>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const asked = { type: 'ChangeUser', userId: user_id, ...expectedVersions(request), changes } as const;
    return this.send(senderOf(caller, request), asked, reply);
  }

  @Delete(':user_id')
  @CommandEndpoint({
    id: 'deleteUser',
    summary: 'Delete a user, or erase everything personal for good',
    description: 'From then on the user is not found anywhere. Username and e-mail are free again, the id is not.',
    scope: ['users:write', 'admin'],
    path: UserPath,
    query: DeleteQuery,
    headers: IfMatch,
    answers: { 204: {} },
    problems: ['stale-version'],
  })
  async delete(
    @Caller() caller: Caller,
    @Param(checkedPath(UserPath)) { user_id }: UserId,
    @Query(checkedQuery(DeleteQuery)) { erase }: z.output<typeof DeleteQuery>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const sender = senderOf(caller, request);
    if (erase === 'true') requireScope(caller, ['admin']);
    const type = erase === 'true' ? 'EraseUser' : 'DeleteUser';
    return this.send(sender, { type, userId: user_id, ...expectedVersions(request) }, reply);
  }

  private async send(sender: Sender, asked: AskedOfUser, reply: FastifyReply) {
    return this.answer(sender, await this.commands.execute(new SendUserCommand(sender, asked)), reply);
  }

  private async answer({ environment }: Sender, answer: Answer, reply: FastifyReply) {
    return answerCommand(answer, await shownUser(this.queries, environment, answer), reply);
  }
}
