import { Controller, Delete, Get, Patch, Post, Put } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint, type Exchange, IfMatch, IfNoneMatch, type Parts, requireScope } from '#platform';
import { type Answer, CommandLog } from '../../commands/command-log.js';
import { answerCommand, answerObject, senderOf } from '../../http/answers.js';
import { CommandEndpoint, type CommandExchange, MADE, SHOWN } from '../../http/command-endpoint.js';
import { answerList, WALKS } from '../../http/pages.js';
import { expectedVersions } from '../../http/preconditions.js';
import { type AnswerOfUser, type AskedOfUser, SendUserCommand } from '../commands/send-user-command.js';
import { listedUser, UserPage } from '../listed-user.js';
import { GetUser } from '../queries/get-user.js';
import { ListUsers } from '../queries/list-users.js';
import { SearchQuery, SearchUsers } from '../queries/search-users.js';
import { shownUser } from './shown-user.js';
import { DeleteQuery, UserInput, UserListQuery, UserPatchBody, UserPath } from './user.input.js';
import { FoundUsers, FullUser, fullUser } from './user.views.js';

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
  async list(exchange: Exchange<{ query: typeof UserListQuery }>) {
    const { page, page_size, after, ...filters } = exchange.query;
    const part = { page, page_size, after };
    const users = await this.queries.execute(new ListUsers(exchange.caller.environment, part, filters));
    return answerList(exchange, users, listedUser);
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
  async search({ caller, query }: Exchange<{ query: typeof SearchQuery }>) {
    const found = await this.queries.execute(new SearchUsers(caller.environment, query.q, query.limit));
    return found.map(listedUser);
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
  async get(exchange: Exchange<{ path: typeof UserPath; headers: typeof IfNoneMatch }>) {
    const { caller, path } = exchange;
    const user = await this.queries.execute(new GetUser(caller.environment, { id: path.user_id }));
    return answerObject(exchange, user.version, fullUser(user));
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
  async register(exchange: CommandExchange<{ body: typeof UserInput }>) {
    const asked = { type: 'RegisterUser', user: exchange.body } as const;
    return this.answer(exchange, await this.log.submit(senderOf(exchange), asked));
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
  async replace(exchange: OfUser<{ body: typeof UserInput }>) {
    return this.send(exchange, { type: 'ReplaceUser', ...userOf(exchange), user: exchange.body });
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
    body: UserPatchBody,
    answers: { 200: { body: FullUser, headers: SHOWN } },
    problems: ['username-taken', 'email-taken', 'stale-version'],
  })
  async change(exchange: OfUser<{ body: typeof UserPatchBody }>) {
    return this.send(exchange, { type: 'ChangeUser', ...userOf(exchange), changes: exchange.body });
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
  async delete(exchange: OfUser<{ query: typeof DeleteQuery }>) {
    const isForGood = exchange.query.erase === 'true';
    if (isForGood) requireScope(exchange.caller, ['admin']);
    return this.send(exchange, { type: isForGood ? 'EraseUser' : 'DeleteUser', ...userOf(exchange) });
  }

  private async send(exchange: CommandExchange, asked: AskedOfUser) {
    const { answer, user } = await this.commands.execute(new SendUserCommand(senderOf(exchange), asked));
    return this.answer(exchange, answer, user);
  }

  private async answer(exchange: Exchange, answer: Answer, user?: AnswerOfUser['user']) {
    return answerCommand(exchange, answer, await shownUser(this.queries, exchange.caller.environment, answer, user));
  }
}

/** The exchange of a command for a user who exists. */
type OfUser<Of extends Parts = object> = CommandExchange<Of & { path: typeof UserPath; headers: typeof IfMatch }>;

const userOf = (exchange: OfUser) => ({ userId: exchange.path.user_id, ...expectedVersions(exchange) });
