import { Controller, Get } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint, type Exchange } from '#platform';
import { GetUser } from '../queries/get-user.js';
import { ScrollUsers, type UserScroll } from '../queries/scroll-users.js';
import { CursorQuery, ObjectIdPath } from './user.input.js';
import { fullUserV2, listedUserV2, OneUserV2, UserListV2 } from './user.views.js';

@ApiTags('v2')
@Controller('api/v2/users')
export class UsersV2Controller {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Endpoint({
    id: 'listUsersV2',
    summary: 'Users in the order of their _id',
    description: 'Walk on with what `pagination.next` says, as long as `hasNext`.',
    scope: 'users:read',
    query: CursorQuery,
    heavy: true,
    answers: { 200: { body: UserListV2 } },
  })
  async list({ caller, query: { limit, after, before } }: Exchange<{ query: typeof CursorQuery }>) {
    const scroll = await this.queries.execute(new ScrollUsers(caller.environment, limit, { after, before }));
    return { status: 'ok', data: scroll.rows.map(listedUserV2), pagination: paginationOf(scroll, limit) };
  }

  @Get(':userId')
  @Endpoint({
    id: 'getUserV2',
    summary: 'One user, as an array of one',
    description: 'By the 24 hexadecimal digits of `_id`; the integer id is shown beside it.',
    scope: 'users:read',
    path: ObjectIdPath,
    answers: { 200: { body: OneUserV2 } },
  })
  async get({ caller, path }: Exchange<{ path: typeof ObjectIdPath }>) {
    const user = await this.queries.execute(new GetUser(caller.environment, { objectId: path.userId }));
    return { status: 'ok', data: [fullUserV2(user)] };
  }
}

// Behind every _id there is.
const END = 'f'.repeat(24);

/**
 * `next` and `previous` are query strings, present only where there is something. An empty page, whose neighbours were
 * deleted in between, leads to the beginning and the end.
 */
function paginationOf({ rows, hasPrevious, hasNext }: UserScroll, limit: number) {
  const [first, last] = [rows[0]?.objectId, rows.at(-1)?.objectId];
  return {
    hasPrevious,
    hasNext,
    ...(hasNext && { next: last ? `limit=${limit}&after=${last}` : `limit=${limit}` }),
    ...(hasPrevious && { previous: `limit=${limit}&before=${first ?? END}` }),
  };
}
