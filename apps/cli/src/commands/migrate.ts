import { type Command } from 'commander';
import { kafkaFor, waitFor, waitForPostgres } from '#platform';
import { GenerationMissing, prepareGeneration } from '#projections';
import { Keyring, prepareKeys } from '#registry';
import { serverSettings } from '../config.js';
import { foldsOf, type Servers, withServers } from '../servers.js';
import { CommandFailed, type CliContext } from '../context.js';

// Documented: scripts of operators run a replay on it.
const OTHER_VERSION = 3;

export function migrateCommand(program: Command, context: CliContext): void {
  program
    .command('migrate')
    .description(
      'create the topics and the views that are missing; what is there stays as it is (exit code 3 if that is views of another version, beside which a replay builds those of this one)',
    )
    .action(async () => {
      try {
        await withServers(serverSettings(context), (servers) => migrate(servers, context));
      } catch (error) {
        if (error instanceof GenerationMissing) throw new CommandFailed(error.message, OTHER_VERSION);
        throw error;
      }
    });
}

async function migrate({ config, log, postgres, namespace }: Servers, { out, err }: CliContext): Promise<void> {
  const waiting = { tell: (sentence: string) => void err.write(`${sentence}\n`), deadlineMs: config.startTimeoutMs };
  const folds = foldsOf(namespace);
  await waitForPostgres(waiting, config, postgres);
  await waitFor(waiting, kafkaFor('the topics', config), log.prepare(folds.map(({ topic }) => topic)));
  const keyring = new Keyring(postgres, namespace, config.masterKeys);
  await waitFor(waiting, 'the keys', prepareKeys(keyring, log, namespace));
  for (const fold of folds) {
    const { name, topic } = fold;
    const extents = await waitFor(waiting, kafkaFor(`the ends of ${topic.name}`, config), log.extents(topic.name));
    await waitFor(waiting, `the views of ${name}`, prepareGeneration(postgres, namespace, fold, extents));
    out.write(
      `${name}: topic ${topic.name} of ${topic.partitions} partitions, views of version ${namespace.version(name)}\n`,
    );
  }
}
