import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  Inject,
  Param,
  Patch,
  Post,
  Put,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { type Command, CommandBus, QueryBus } from '@nestjs/cqrs';
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
import { type Answer } from '../../commands/command-log.js';
import { Answering } from '../../http/answering.js';
import { patchOf, senderOf } from '../../http/answers.js';
import { CommandEndpoint, MADE, SHOWN } from '../../http/command-endpoint.js';
import { answerList, WALKS } from '../../http/pages.js';
import { entityTag, isFresh, versionsOf } from '../../http/preconditions.js';
import { ChangeUser } from '../commands/change-user.js';
import { DeleteUser } from '../commands/delete-user.js';
import { EraseUser } from '../commands/erase-user.js';
import { RegisterUser } from '../commands/register-user.js';
import { ReplaceUser } from '../commands/replace-user.js';
import { GetUser } from '../queries/get-user.js';
import { ListUsers } from '../queries/list-users.js';
import { fullUser, listedUser } from '../queries/user.rows.js';
import { SearchQuery, SearchUsers } from '../queries/search-users.js';
import { DeleteQuery, UserInput, UserListQuery, UserPatch, UserPath } from './user.input.js';
import { FoundUsers, FullUser, UserPage } from './user.views.js';

type UserId = z.output<typeof UserPath>;

@ApiTags('users')
@Controller('api/v3/users')
export class UsersController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(Answering) private readonly answering: Answering,
  ) {}

  @Get()
  @Endpoint({
    id: 'listUsers',
    summary: 'A page of users, in the order of their ids',
    description: WALKS,
    scope: 'users:read',
    query: UserListQuery,
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
    answers: { 200: { body: FoundUsers } },
  })
  search(
    @Caller() { environment }: Caller,
    @Query(checkedQuery(SearchQuery)) { q, limit }: z.output<typeof SearchQuery>,
  ) {
    return this.queries.execute(new SearchUsers(environment, q, limit));
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
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const user = await this.queries.execute(new GetUser(environment, { id: user_id }));
    void reply.header('etag', entityTag(user.version));
    if (!isFresh(ifNoneMatch, user.version)) return fullUser(user);
    void reply.status(304);
    return undefined;
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
    const command = new RegisterUser(senderOf(caller, request), user);
    return this.send(caller, command, reply);
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
    return this.send(caller, new ReplaceUser(senderOf(caller, request), targetOf(user_id, request), user), reply);
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
    return this.send(caller, new ChangeUser(senderOf(caller, request), targetOf(user_id, request), changes), reply);
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
    const ends = [senderOf(caller, request), targetOf(user_id, request)] as const;
    if (erase === 'false') return this.send(caller, new DeleteUser(...ends), reply);
    requireScope(caller, ['admin']);
    return this.send(caller, new EraseUser(...ends), reply);
  }

  private async send({ environment }: Caller, command: Command<Answer>, reply: FastifyReply) {
    return this.answering.answer(environment, await this.commands.execute(command), reply);
  }
}

function targetOf(userId: number, request: FastifyRequest) {
  const ifVersions = versionsOf(request.headers['if-match']);
  return { userId, ...(ifVersions && { ifVersions }) };
}
