import { benchBrowserStream } from './browser-stream.ts';
import { benchCatchUp } from './catch-up.ts';
import { benchChaos } from './chaos.ts';
import { benchCommands } from './commands.ts';
import { benchCost, benchCostLarge } from './cost.ts';
import { benchCostSustained } from './cost-sustained.ts';
import { benchExhaust } from './exhaust.ts';
import { benchFaults, benchResends } from './faults.ts';
import { benchImport } from './import.ts';
import { benchIngest } from './ingest.ts';
import { benchPoison } from './poison.ts';
import { benchReads } from './reads.ts';
import { type Figure, report } from './report.ts';
import { benchReplay, benchReplayScale } from './replay.ts';
import { benchReplayLoad } from './replay-load.ts';
import { benchSearch } from './search.ts';
import { benchStart } from './start.ts';
import { benchStream } from './stream.ts';
import { benchStreamCuts } from './stream-cuts.ts';
import { benchVisible } from './visible.ts';

interface Benchmark {
  readonly title: string;
  run(): Promise<Figure[]>;
}

const benchmarks: Record<string, Benchmark> = {
  start: { title: 'Starting again', run: benchStart },
  import: { title: 'Importing history', run: benchImport },
  ingest: { title: 'Taking activities in', run: benchIngest },
  exhaust: { title: 'Bodies without end', run: benchExhaust },
  faults: { title: 'Activities through faults of the log', run: benchFaults },
  resends: { title: 'Activities that are sent again', run: benchResends },
  visible: { title: 'Activities until visible', run: benchVisible },
  'catch-up': {
    title: 'Projecting what lies in the log',
    run: benchCatchUp,
  },
  chaos: { title: 'Projectors killed and frozen', run: benchChaos },
  commands: { title: 'Commands', run: benchCommands },
  cost: { title: 'What an activity costs, beside an earlier build', run: benchCost },
  'cost-large': { title: 'What an activity of many users costs', run: benchCostLarge },
  'cost-sustained': { title: 'How many activities a second, and how late', run: benchCostSustained },
  reads: { title: 'Reads among 1,000,000 users', run: benchReads },
  poison: { title: 'Records that cannot be applied', run: benchPoison },
  replay: { title: 'Replay of all views', run: benchReplay },
  'replay-load': { title: 'Replay beside live traffic', run: benchReplayLoad },
  'replay-scale': { title: 'Replay of longer logs', run: benchReplayScale },
  'stream-cuts': { title: 'Streams that are cut off', run: benchStreamCuts },
  search: { title: 'Search of 1,000,000 users', run: benchSearch },
  'browser-stream': { title: 'A browser that is cut off', run: benchBrowserStream },
  stream: { title: 'What a stream costs', run: benchStream },
};

// `npm run bench` runs all of them, `npm run bench search` one.
const asked = process.argv.slice(2);
for (const [name, { title, run }] of Object.entries(benchmarks)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`# ${title}`);
  report(name, title, await run());
}
