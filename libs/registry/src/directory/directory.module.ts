import { Module } from '@nestjs/common';
import { CONFIG, type Config, Namespace, Notifications, Postgres } from '#platform';
import { Keyring } from '../stored/keyring.js';
import { Directory } from './directory.js';
import { RecentDirectory } from './recent-directory.js';

/** The `Directory`, for rooms that name users and workspaces, and the keys by which it finds names. */
@Module({
  providers: [
    {
      provide: Keyring,
      inject: [Postgres, Namespace, CONFIG],
      useFactory: (postgres: Postgres, namespace: Namespace, { masterKeys }: Config) =>
        new Keyring(postgres, namespace, masterKeys),
    },
    Directory,
    {
      provide: RecentDirectory,
      inject: [Directory, Notifications, Namespace],
      useFactory: (directory: Directory, notifications: Notifications, namespace: Namespace) =>
        new RecentDirectory(directory, notifications, namespace),
    },
  ],
  exports: [Directory, RecentDirectory, Keyring],
})
export class DirectoryModule {}
