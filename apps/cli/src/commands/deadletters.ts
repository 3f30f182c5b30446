import { FOLD_NAMES, type FoldName } from '#platform';
import {
  type DeadLetter,
  type FoldViews,
  listDeadLetters,
  type Outcome,
  requireGeneration,
  retryDeadLetters,
  showDeadLetter,
  skipDeadLetter,
} from '#projections';
import { Argument, type Command, Option } from 'commander';
import { count, environment, text } from '../arguments.js';
import { serverSettings } from '../config.js';
import { letterLines, letterText, outcomeLine } from '../dead-letters.js';
import { foldsOf, type Servers, withServers } from '../servers.js';
import { ReportedFailure, say, CommandFailed, type CliContext } from '../context.js';

interface Selection {
  readonly view?: FoldName;
  readonly environment?: string;
  readonly key?: string;
  readonly limit: number;
  readonly dropped?: boolean;
  readonly json?: boolean;
}

const LISTED = 100;
/** Of each key, so that one transaction stays a short one. */
const TAKEN = 1_000;
/** How many keys are asked for before it is looked what came of them. */
const KEYS_AT_ONCE = 100;

const views = () => new Option('--view <name>', 'only of this view').choices(FOLD_NAMES);
const inEnvironment = () => new Option('--environment <id>', 'only of this environment').argParser(environment);
const forPrograms = () => new Option('--json', 'for programs');
const atMost = (what: string, number: number) => new Option('--limit <n>', what).argParser(count).default(number);

export function deadLetterCommands(program: Command, context: CliContext): void {
  const commands = program
    .command('deadletters')
    .description('records that could not be applied, and what waits behind them');
  commands
    .command('list')
    .description('each with how many records of its key wait behind it')
    .addOption(views())
    .addOption(inEnvironment())
    .option('--dropped', 'those that were dropped for good, in place of those that wait')
    .addOption(atMost('so many of each view at most', LISTED))
    .addOption(forPrograms())
    .action((selection: Selection) => list(selection, context));
  one(commands, 'show', 'one of them, with its bytes').action((...args: Named) => show(args, context));
  commands
    .command('retry')
    .description('apply what waits as it stands in the log, in order; what still cannot be applied goes on waiting')
    .addOption(views())
    .addOption(inEnvironment())
    .option('--key <key>', 'only of this key', text)
    .addOption(atMost('so many records of each key at most', TAKEN))
    .addOption(forPrograms())
    .action((selection: Selection) => retryAll(selection, context));
  one(commands, 'skip', 'drop one for good, and apply what waits behind it')
    .addOption(atMost('so many records behind it at most', TAKEN))
    .action((...args: Named) => skipOne(args, context));
}

type Named = [view: FoldName, partition: number, position: number, options: { limit: number; json?: boolean }];

function one(commands: Command, name: string, description: string): Command {
  return commands
    .command(name)
    .description(description)
    .addArgument(new Argument('<view>', 'whose it is').choices(FOLD_NAMES))
    .argument('<partition>', 'of its topic', count)
    .argument('<position>', 'in the partition', count)
    .addOption(forPrograms());
}

/** Of each view that is meant. Throws `GenerationMissing` where its views are not there. */
async function ofEachView<T>(
  { view }: Pick<Selection, 'view'>,
  context: CliContext,
  work: (fold: FoldViews, servers: Servers) => Promise<T[]>,
): Promise<T[]> {
  return withServers(serverSettings(context), async (servers) => {
    const results: T[] = [];
    for (const fold of foldsOf(servers.namespace)) {
      if (view !== undefined && view !== fold.name) continue;
      results.push(...(await orMissing(work(fold, servers), fold, servers)));
    }
    return results;
  });
}

async function orMissing<T>(work: Promise<T>, fold: FoldViews, { postgres, namespace }: Servers): Promise<T> {
  try {
    return await work;
  } catch (error) {
    // No such table: whoever knows which views there are says what to do.
    if ((error as { code?: unknown }).code === '42P01') await requireGeneration(postgres, namespace, fold);
    throw error;
  }
}

async function list(selection: Selection, context: CliContext): Promise<void> {
  const letters = await ofEachView(selection, context, async ({ name }, { postgres }) =>
    (await listDeadLetters(postgres, name, selection)).map((letter) => ({ view: name, ...letter })),
  );
  say(context, selection, letters, letters.flatMap(letterLines).join('\n') || 'Nothing waits.');
}

async function show([view, partition, position, options]: Named, context: CliContext): Promise<void> {
  const [letter] = await ofEachView({ view }, context, async ({ name }, { postgres }) => {
    const found = await showDeadLetter(postgres, name, partition, position);
    return found ? [{ view: name, ...found }] : [];
  });
  if (letter === undefined) throw nothingAt(view, partition, position);
  say(context, options, { ...letter, value: letter.value.toString('base64') }, letterText(letter));
}

async function retryAll(selection: Selection, context: CliContext): Promise<void> {
  const outcomes = await ofEachView(selection, context, async (fold, servers) => {
    const letters = await listDeadLetters(servers.postgres, fold.name, {
      ...selection,
      limit: Number.MAX_SAFE_INTEGER,
    });
    const { log, postgres } = servers;
    const outcomes = await retryInParts({ log, postgres, fold, by: personAt(context) }, letters, selection.limit);
    return outcomes.map((outcome) => ({ view: fold.name, ...outcome }));
  });
  say(context, selection, outcomes, outcomes.map(outcomeLine).join('\n') || 'Nothing waits.');
  if (outcomes.some(({ result }) => result === 'failed')) throw new ReportedFailure();
}

async function retryInParts(
  operator: Parameters<typeof retryDeadLetters>[0],
  letters: readonly DeadLetter[],
  limit: number,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let start = 0; start < letters.length; start += KEYS_AT_ONCE) {
    outcomes.push(...(await retryDeadLetters(operator, letters.slice(start, start + KEYS_AT_ONCE), limit)));
  }
  return outcomes;
}

async function skipOne([view, partition, position, options]: Named, context: CliContext): Promise<void> {
  const outcomes = await ofEachView({ view }, context, async (fold, { log, postgres }) => {
    const letter = await showDeadLetter(postgres, fold.name, partition, position);
    if (letter === undefined) throw nothingAt(view, partition, position);
    if (letter.reason === null)
      throw new CommandFailed('It waits behind another record: only that one can be skipped.');
    if (letter.droppedAt !== null) throw new CommandFailed('It was dropped before.');
    const outcome = await skipDeadLetter({ log, postgres, fold, by: personAt(context) }, letter, options.limit);
    return [{ view: fold.name, ...outcome }];
  });
  say(context, options, outcomes[0], outcomes.map(outcomeLine).join('\n'));
  if (outcomes.some(({ result }) => result === 'failed')) throw new ReportedFailure();
}

const personAt = ({ env }: CliContext) => (env.USER || 'tidemark-cli').slice(0, 100);

function nothingAt(view: FoldName, partition: number, position: number): CommandFailed {
  return new CommandFailed(`Nothing of ${view} was set aside at position ${position} of partition ${partition}.`);
}
