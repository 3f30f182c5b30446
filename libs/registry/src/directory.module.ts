import { Module } from '@nestjs/common';
import { CONFIG, type Config, Namespace, Postgres } from '#platform';
import { Keyring } from './sealing/keyring.js';
import { Directory } from './users/queries/directory.js';

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
  ],
  exports: [Directory, Keyring],
})
export class DirectoryModule {}
