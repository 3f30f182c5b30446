import { type Command } from 'commander';
import { activitiesFold } from '#activities';
import { prepareGeneration } from '#projections';
import { Keyring, prepareKeys, registryViews } from '#registry';
import { serverSettings } from '../config.js';
import { withServers } from '../servers.js';
import { type Surroundings } from '../surroundings.js';

export function migrateCommand(program: Command, surroundings: Surroundings): void {
  program
    .command('migrate')
    .description('create the topics and the views that are missing; what is there stays as it is')
    .action(() =>
      withServers(serverSettings(surroundings), async ({ config, log, postgres, namespace }) => {
        const folds = [registryViews(namespace), activitiesFold(namespace)];
        await log.prepare(folds.map(({ topic }) => topic));
        await prepareKeys(new Keyring(postgres, namespace, config.masterKeys), log, namespace);
        for (const fold of folds) {
          await prepareGeneration(postgres, namespace, fold, await log.extents(fold.topic.name));
          const { name, topic } = fold;
          surroundings.out.write(
            `${name}: topic ${topic.name} of ${topic.partitions} partitions, views of version ${namespace.version(name)}\n`,
          );
        }
      }),
    );
}
