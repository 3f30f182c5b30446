import { Module, type OnModuleInit } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { DirectoryModule } from './directory/directory.module.js';
import { CommandLog } from './commands/command-log.js';
import { AwaitedOutcomes } from './commands/awaited-outcomes.js';
import { Outcomes } from './commands/outcomes.js';
import { RegistryLog } from './commands/registry-log.js';
import { StoppedEnvironments } from './commands/stopped-environments.js';
import { CommandsController } from './commands.controller.js';
import { Keyring, KeysUnusable } from './stored/keyring.js';
import { SendUserCommandHandler } from './users/commands/send-user-command.js';
import { UserBatchController } from './users/http/user-batch.controller.js';
import { UsersController } from './users/http/users.controller.js';
import { UsersV2Controller } from './users/http/users-v2.controller.js';
import { GetUserHandler } from './users/queries/get-user.js';
import { LastActiveHandler } from './users/queries/last-active.js';
import { ListUsersHandler } from './users/queries/list-users.js';
import { ScrollUsersHandler } from './users/queries/scroll-users.js';
import { SearchUsersHandler } from './users/queries/search-users.js';
import { MembersController } from './workspaces/http/members.controller.js';
import { namedControllers } from './workspaces/http/named.controllers.js';
import { PermissionsController } from './workspaces/http/permissions.controller.js';
import { UserWorkspacesController } from './workspaces/http/user-workspaces.controller.js';
import { GetNamedHandler, ListNamedHandler } from './workspaces/queries/named.js';
import { ListMembersHandler, ListPermissionsHandler, ListUserWorkspacesHandler } from './workspaces/queries/roles.js';

const users = [
  SendUserCommandHandler,
  GetUserHandler,
  LastActiveHandler,
  ListUsersHandler,
  ScrollUsersHandler,
  SearchUsersHandler,
];
const workspaces = [
  GetNamedHandler,
  ListNamedHandler,
  ListMembersHandler,
  ListPermissionsHandler,
  ListUserWorkspacesHandler,
];

/** Users, workspaces, groups and roles: their routes, and the `Directory` for rooms that name them. */
@Module({
  imports: [CqrsModule, DirectoryModule],
  controllers: [
    UserBatchController,
    UsersController,
    UsersV2Controller,
    ...namedControllers('Workspace'),
    PermissionsController,
    ...namedControllers('Group'),
    MembersController,
    UserWorkspacesController,
    CommandsController,
  ],
  providers: [CommandLog, RegistryLog, Outcomes, AwaitedOutcomes, StoppedEnvironments, ...users, ...workspaces],
  exports: [DirectoryModule],
})
export class RegistryModule implements OnModuleInit {
  constructor(private readonly keyring: Keyring) {}

  /** Throws `KeysUnusable`: with the wrong master key no command could ever be let in. */
  async onModuleInit(): Promise<void> {
    await this.keyring.rootKey().catch((error: unknown) => {
      if (error instanceof KeysUnusable) throw error;
    });
  }
}
