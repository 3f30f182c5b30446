import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { DirectoryModule } from './directory.module.js';
import { CommandLog } from './commands/command-log.js';
import { Outcomes } from './commands/outcomes.js';
import { StoppedEnvironments } from './commands/stopped-environments.js';
import { Answering } from './http/answering.js';
import { CommandsController } from './http/commands.controller.js';
import { Keyring, KeysUnusable } from './stored/keyring.js';
import { ChangeUserHandler } from './users/commands/change-user.js';
import { DeleteUserHandler } from './users/commands/delete-user.js';
import { EraseUserHandler } from './users/commands/erase-user.js';
import { RegisterUserHandler } from './users/commands/register-user.js';
import { RegisterUsersHandler } from './users/commands/register-users.js';
import { ReplaceUserHandler } from './users/commands/replace-user.js';
import { UserDoor } from './users/commands/user-door.js';
import { UserBatchController } from './users/http/user-batch.controller.js';
import { UsersController } from './users/http/users.controller.js';
import { UsersV2Controller } from './users/http/users-v2.controller.js';
import { GetUserHandler } from './users/queries/get-user.js';
import { LastActiveHandler } from './users/queries/last-active.js';
import { ListUsersHandler } from './users/queries/list-users.js';
import { ScrollUsersHandler } from './users/queries/scroll-users.js';
import { SearchUsersHandler } from './users/queries/search-users.js';
import { SendNamedCommandHandler } from './workspaces/commands/named-commands.js';
import { SetRoleHandler } from './workspaces/commands/set-role.js';
import { GroupsController } from './workspaces/http/groups.controller.js';
import { NamedRoutes } from './workspaces/http/named-routes.js';
import { UserWorkspacesController } from './workspaces/http/user-workspaces.controller.js';
import { WorkspacesController } from './workspaces/http/workspaces.controller.js';
import { GetNamedHandler, ListNamedHandler } from './workspaces/queries/named.js';
import { ListMembersHandler, ListPermissionsHandler, ListUserWorkspacesHandler } from './workspaces/queries/roles.js';

const users = [
  RegisterUserHandler,
  RegisterUsersHandler,
  ReplaceUserHandler,
  ChangeUserHandler,
  DeleteUserHandler,
  EraseUserHandler,
  GetUserHandler,
  LastActiveHandler,
  ListUsersHandler,
  ScrollUsersHandler,
  SearchUsersHandler,
  UserDoor,
];
const workspaces = [
  SendNamedCommandHandler,
  SetRoleHandler,
  GetNamedHandler,
  ListNamedHandler,
  ListMembersHandler,
  ListPermissionsHandler,
  ListUserWorkspacesHandler,
  NamedRoutes,
];

/** Users, workspaces, groups and roles: their routes, and the `Directory` for rooms that name them. */
@Module({
  imports: [CqrsModule, DirectoryModule],
  controllers: [
    UserBatchController,
    UsersController,
    UsersV2Controller,
    WorkspacesController,
    GroupsController,
    UserWorkspacesController,
    CommandsController,
  ],
  providers: [CommandLog, Outcomes, StoppedEnvironments, Answering, ...users, ...workspaces],
  exports: [DirectoryModule],
})
export class RegistryModule implements OnModuleInit {
  constructor(@Inject(Keyring) private readonly keyring: Keyring) {}

  /** Throws `KeysUnusable`: with the wrong master key no command could ever be let in. */
  async onModuleInit(): Promise<void> {
    await this.keyring.rootKey().catch((error: unknown) => {
      if (error instanceof KeysUnusable) throw error;
    });
  }
}
