import { Controller, Get, Inject, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';
import { Caller, checkedPath, Endpoint } from '#platform';
import { UserPath } from '../../users/http/user.input.js';
import { GetUser } from '../../users/queries/get-user.js';
import { ListUserWorkspaces } from '../queries/roles.js';
import { UserWorkspaces } from './workspaces.input.js';

@ApiTags('workspaces')
@Controller('api/v3/users/:user_id/workspaces')
export class UserWorkspacesController {
  constructor(@Inject(QueryBus) private readonly queries: QueryBus) {}

  @Get()
  @Endpoint({
    id: 'listUserWorkspaces',
    summary: 'Where a user has a role, which, and by which ways',
    description: 'The role is the strongest of all that the user has there; `via` tells each way to one.',
    scope: 'workspaces:read',
    path: UserPath,
    answers: { 200: { body: UserWorkspaces } },
  })
  async list(@Caller() { environment }: Caller, @Param(checkedPath(UserPath)) { user_id }: z.output<typeof UserPath>) {
    await this.queries.execute(new GetUser(environment, { id: user_id }));
    return this.queries.execute(new ListUserWorkspaces(environment, user_id));
  }
}
