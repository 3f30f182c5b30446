import type pg from 'pg';
import { root } from '../launcher/paths.ts';
import { BASELINE, baselineBuild } from './cost-baseline.ts';
import { type Figure, median, rounded } from './report.ts';
import { type BenchService, startService, withDatabase } from './service.ts';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);

/** Figures of one round with one build, by what they are. */
export type Measured = Readonly<Record<string, number>>;

/** What becomes of a service that has just been started, alone on the servers. */
export type Measure = (service: BenchService, database: pg.Client) => Promise<Measured>;

/** Rounds of both builds by turns, each in a namespace of its own on the same servers: their medians. */
export async function besideBaseline(asked: Readonly<Record<string, string>>, measure: Measure): Promise<Figure[]> {
  const baseline = baselineBuild();
  const rounds: { ours: Measured; theirs: Measured }[] = [];
  await withDatabase(async (database) => {
    for (let number = 1; number <= ROUNDS; number += 1) {
      const theirs = await round(baseline, database, measure);
      const ours = await round(root, database, measure);
      console.log(JSON.stringify({ round: number, ours, [BASELINE]: theirs }));
      rounds.push({ ours, theirs });
    }
  });
  return Object.keys(rounds[0]!.ours).map((what) => {
    const ours = median(rounds.map((one) => one.ours[what]!));
    const theirs = median(rounds.map((one) => one.theirs[what]!));
    const ratio = theirs > 0 ? (ours / theirs).toFixed(2) : undefined;
    return { what, ours: rounded(ours), beside: rounded(theirs), ratio, asked: asked[what] };
  });
}

async function round(build: string, database: pg.Client, measure: Measure): Promise<Measured> {
  const service = await startService({ build });
  try {
    return await measure(service, database);
  } finally {
    await service.stop();
    await dropSchemas(database, service);
  }
}

/** What is left of a round must not be vacuumed in the next one. */
async function dropSchemas(database: pg.Client, { env }: BenchService): Promise<void> {
  const { rows } = await database.query<{ name: string }>(
    `SELECT nspname AS name FROM pg_namespace WHERE starts_with(nspname, $1 || '_')`,
    [env['TIDEMARK_NAMESPACE']],
  );
  for (const { name } of rows) await database.query(`DROP SCHEMA ${name} CASCADE`);
}
