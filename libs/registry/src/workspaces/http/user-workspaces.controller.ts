import { Controller, Get } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint, type Exchange, notFound } from '#platform';
import { Directory } from '../../directory/directory.js';
import { ListUserWorkspaces } from '../queries/roles.js';
import { UserPath, UserWorkspaces } from './workspaces.input.js';

@ApiTags('workspaces')
@Controller('api/v3/users/:user_id/workspaces')
export class UserWorkspacesController {
  constructor(
    private readonly queries: QueryBus,
    private readonly directory: Directory,
  ) {}

  @Get()
  @Endpoint({
    id: 'listUserWorkspaces',
    summary: 'Where a user has a role, which, and by which ways',
    description: 'The role is the strongest of all that the user has there; `via` tells each way to one.',
    scope: 'workspaces:read',
    heavy: true,
    path: UserPath,
    answers: { 200: { body: UserWorkspaces } },
  })
  async list({ caller: { environment }, path: { user_id } }: Exchange<{ path: typeof UserPath }>) {
    if (!(await this.directory.hasUser(environment, user_id))) throw notFound('user');
    return this.queries.execute(new ListUserWorkspaces(environment, user_id));
  }
}
