import { type Command } from 'commander';
import { activitiesFold } from '#activities';
import { GenerationMissing, prepareGeneration } from '#projections';
import { Keyring, prepareKeys, registryViews } from '#registry';
import { serverSettings } from '../config.js';
import { type Servers, withServers } from '../servers.js';
import { CommandFailed, type Surroundings } from '../surroundings.js';

// The launcher waits for this code, to run a replay.
const OTHER_VERSION = 3;

export function migrateCommand(program: Command, surroundings: Surroundings): void {
  program
    .command('migrate')
    .description(
      'create the topics and the views that are missing; what is there stays as it is (exit code 3 if that is views of another version, beside which a replay builds those of this one)',
    )
    .action(async () => {
      try {
        await withServers(serverSettings(surroundings), (servers) => migrate(servers, surroundings));
      } catch (error) {
        if (error instanceof GenerationMissing) throw new CommandFailed(error.message, OTHER_VERSION);
        throw error;
      }
    });
}

async function migrate({ config, log, postgres, namespace }: Servers, { out }: Surroundings): Promise<void> {
  const folds = [registryViews(namespace), activitiesFold(namespace)];
  await log.prepare(folds.map(({ topic }) => topic));
  await prepareKeys(new Keyring(postgres, namespace, config.masterKeys), log, namespace);
  for (const fold of folds) {
    await prepareGeneration(postgres, namespace, fold, await log.extents(fold.topic.name));
    const { name, topic } = fold;
    out.write(
      `${name}: topic ${topic.name} of ${topic.partitions} partitions, views of version ${namespace.version(name)}\n`,
    );
  }
}
