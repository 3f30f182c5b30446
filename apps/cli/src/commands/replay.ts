import { setPriority } from 'node:os';
import { type Command, Option } from 'commander';
import { replayedActivities } from '#activities';
import { type EventLog } from '#event-sourcing';
import { connectRedis, createLogger, FOLD_NAMES, type FoldName, redisReady, type RedisServers } from '#platform';
import {
  allGenerations,
  dropOld,
  replay,
  type ReplayedFold,
  ReplayRefused,
  type ReplayResult,
  rollBack,
} from '#projections';
import { Keyring, replayedRegistry } from '#registry';
import { replayedFigures } from '#statistics';
import { environment, moment } from '../arguments.js';
import { serverSettings } from '../config.js';
import { ProgressDisplay } from '../progress-display.js';
import { priceOfCap, replayText } from '../replay-text.js';
import { type Servers, withServers } from '../servers.js';
import { ReportedFailure, say, CommandFailed, type CliContext } from '../context.js';

interface Options {
  readonly view: readonly FoldName[];
  readonly missing?: boolean;
  readonly environment?: string;
  readonly until?: number;
  readonly dryRun?: boolean;
  readonly accept?: boolean;
  readonly rollback?: boolean;
  readonly dropOld?: boolean;
  readonly json?: boolean;
}

const REFUSED = 2;
const UNEQUAL = 3;
// Whoever asks the live views comes first.
const NICE = 10;

export function replayCommand(program: Command, context: CliContext): void {
  program
    .command('replay')
    .description(
      'build the views anew from the log, compare them with the live ones and switch (exit code 2 if one is running, 3 if unequal)',
    )
    .addOption(
      new Option('--view <name...>', 'which views').choices(FOLD_NAMES).default([...FOLD_NAMES], 'all of them'),
    )
    .addOption(
      new Option('--missing', 'of these only views that are not there in the version of this program').conflicts([
        'rollback',
        'dropOld',
      ]),
    )
    .addOption(
      new Option('--environment <id>', 'build and compare this environment alone, as a check')
        .argParser((text) => environment(text))
        .conflicts(['until', 'accept', 'rollback', 'dropOld']),
    )
    .addOption(
      new Option('--until <time>', 'the views as of this time of the log, to look at')
        .argParser(moment)
        .conflicts(['accept', 'rollback', 'dropOld', 'dryRun']),
    )
    .addOption(
      new Option('--dry-run', 'build and compare, and leave the live views in their place').conflicts([
        'rollback',
        'dropOld',
      ]),
    )
    .option('--accept', 'switch also where views of a new version differ from those of the former one')
    .addOption(new Option('--rollback', 'go back to the former views').conflicts(['dropOld', 'accept']))
    .option('--drop-old', 'drop the former views')
    .option('--json', 'the result for programs')
    .action((options: Options) => runReplay(options, context));
}

async function runReplay(options: Options, context: CliContext): Promise<void> {
  const config = serverSettings(context);
  const display = new ProgressDisplay(context.err);
  endAtSignals(display);
  const redis = await redisReady(connectRedis(config.redisUrl, () => undefined, config.redisCa));
  setPriority(NICE);
  try {
    const answer = await withServers<ReplayResult | string[]>(config, async (servers) => {
      const folds = replayedFolds(servers, await viewsOf(servers, options), redis);
      const { log, namespace } = servers;
      const logger = createLogger('cli', config.logLevel);
      const { databaseUrl, maxReplayedPerSecond: maxEventsPerSecond } = config;
      const outside = { databaseUrl, log, namespace, logger, maxEventsPerSecond, onProgress: display.showReplay };
      if (options.dropOld) return dropOld(folds, outside);
      if (maxEventsPerSecond !== undefined && !options.rollback)
        context.err.write(`${priceOfCap(maxEventsPerSecond, await eventsOf(log, folds))}\n`);
      return options.rollback ? rollBack(folds, outside) : replay(folds, outside, options);
    });
    display.end();
    tell(answer, options, context);
  } catch (error) {
    if (error instanceof ReplayRefused) throw new CommandFailed(`Refused: ${error.message}.`, REFUSED);
    throw error;
  } finally {
    display.end();
    redis.disconnect();
  }
}

/** Ctrl-C ends the process where it is, but for the terminal, which wraps no long lines while bars are drawn on it. */
function endAtSignals(display: ProgressDisplay): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      display.end();
      process.kill(process.pid, signal);
    });
  }
}

function tell(answer: ReplayResult | string[], options: Options, context: CliContext): void {
  const result = Array.isArray(answer) ? { outcome: 'dropped' as const, dropped: answer } : answer;
  say(context, options, result, replayText(result));
  if (result.outcome === 'unequal') throw new ReportedFailure(UNEQUAL);
}

async function viewsOf({ postgres, namespace }: Servers, { view, missing }: Options): Promise<readonly FoldName[]> {
  if (!missing) return view;
  const areThere = await Promise.all(
    view.map(async (name) => {
      const generations = await allGenerations(postgres, namespace, name);
      return generations.some(({ schema }) => schema === namespace.views(name));
    }),
  );
  const views = view.filter((_, at) => !areThere[at]);
  if (views.length === 0) throw new ReplayRefused('no views of this version are missing');
  return views;
}

/** How many events there are in the log of these folds. */
async function eventsOf(log: EventLog, folds: readonly ReplayedFold[]): Promise<number> {
  const extents = await Promise.all(folds.map(({ fold }) => log.extents(fold.topic.name)));
  return extents.flatMap((partitions) => [...partitions.values()]).reduce((sum, { low, high }) => sum + high - low, 0);
}

function replayedFolds(
  { config, postgres, namespace }: Servers,
  views: readonly FoldName[],
  redis: RedisServers,
): ReplayedFold[] {
  const folds = {
    registry: () => replayedRegistry(namespace, new Keyring(postgres, namespace, config.masterKeys)),
    activities: () => replayedActivities(namespace, replayedFigures(redis, namespace)),
  };
  return FOLD_NAMES.filter((name) => views.includes(name)).map((name) => folds[name]());
}
