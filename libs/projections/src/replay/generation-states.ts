import { type Positions } from '#event-sourcing';
import { type FoldName, type Namespace, type Queryable } from '#platform';
import { type FoldViews } from '../fold.js';
import { liveVersions } from '../generation.js';

/** The live generation that a new one is compared with. */
export interface LiveGeneration {
  readonly schema: string;
  readonly version: number;
}

/** What a generation knows of itself. */
export interface GenerationState {
  readonly id: string;
  readonly version: number;
  /** `loading`, `indexing`, `complete`, or `unequal` where a comparison found differences. */
  readonly phase: string;
  /** What the replay that builds it was asked to do. */
  readonly plan: string | null;
}

/** The live views of this program's version; where there are none yet, those of the latest other one. */
export async function findLive(
  db: Queryable,
  namespace: Namespace,
  { name }: Pick<FoldViews, 'name'>,
): Promise<LiveGeneration | undefined> {
  const versions = await liveVersions(db, namespace, { name });
  const own = namespace.version(name);
  const version = versions.includes(own) ? own : versions.at(-1);
  return version === undefined ? undefined : { version, schema: `${namespace.name}_${name}_v${version}` };
}

/** Undefined where there is no such generation. */
export async function readState(db: Queryable, schema: string, fold: FoldName): Promise<GenerationState | undefined> {
  const table = `"${schema}".${fold}_generation`;
  const { rows: found } = await db.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [table]);
  if (!found[0]!.there) return undefined;
  const { rows } = await db.query<GenerationState & Record<string, unknown>>(`SELECT * FROM ${table}`);
  return rows[0];
}

export async function notePhase(db: Queryable, schema: string, fold: FoldName, phase: string): Promise<void> {
  await db.query(`UPDATE "${schema}".${fold}_generation SET phase = $1`, [phase]);
}

/** All generations of a fold that there are, of whatever version, live or not. */
export async function allGenerations(
  db: Queryable,
  namespace: Namespace,
  fold: FoldName,
): Promise<(GenerationState & { schema: string })[]> {
  const { rows } = await db.query<{ schema: string }>(
    `SELECT nspname AS schema FROM pg_namespace WHERE nspname ~ ('^' || $1 || '_(v[0-9]+|[a-z]+)$') ORDER BY 1`,
    [`${namespace.name}_${fold}`],
  );
  const states = await Promise.all(
    rows.map(async ({ schema }) => {
      const state = await readState(db, schema, fold);
      return state ? [{ schema, ...state }] : [];
    }),
  );
  return states.flat();
}

/** How many records are between positions and others further on. */
export function distance(from: Positions, to: Positions): number {
  return [...to].reduce((sum, [partition, end]) => sum + Math.max(0, end - (from.get(partition) ?? 0)), 0);
}
