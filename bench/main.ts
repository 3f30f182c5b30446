import { benchCommands } from './commands.ts';
import { benchImport } from './import.ts';
import { benchIngest } from './ingest.ts';
import { benchReads } from './reads.ts';
import { type Figure, report } from './report.ts';
import { benchSearch } from './search.ts';

interface Benchmark {
  readonly title: string;
  run(): Promise<Figure[]>;
}

const benchmarks: Record<string, Benchmark> = {
  import: { title: 'Importing a git history', run: benchImport },
  ingest: { title: 'Taking activities in', run: benchIngest },
  commands: { title: 'Commands', run: benchCommands },
  reads: { title: 'Reads among 1,000,000 users', run: () => benchReads(process.env['DATABASE_URL']!) },
  search: { title: 'Search of 1,000,000 users', run: () => benchSearch(process.env['DATABASE_URL']!) },
};

// `npm run bench` runs all of them, `npm run bench search` one.
const asked = process.argv.slice(2);
for (const [name, { title, run }] of Object.entries(benchmarks)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`# ${title}`);
  report(name, title, await run());
}
