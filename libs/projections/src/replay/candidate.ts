import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Consumption, type EventLog, type Positions } from '#event-sourcing';
import { type GenerationKind, type Logger, type Namespace, Postgres, together } from '#platform';
import { readCheckpoints } from '../checkpoints.js';
import { type Fold } from '../fold.js';
import { createGeneration } from '../generation.js';
import { follow } from '../projector.js';
import { boundedLog, Bounds } from './bounded-log.js';
import { distance, type LiveGeneration, notePhase, readState } from './generation-states.js';
import { type Comparison, type ReplayedFold, type ReplayProgress, type Work } from './replayed-fold.js';
import { nameOfReplay } from './replay-lock.js';
import { type Pace } from './pace.js';

/** What all parts of a replay use. */
export interface ReplayContext {
  readonly databaseUrl: string;
  readonly log: EventLog;
  readonly namespace: Namespace;
  readonly logger: Logger;
  /** Ends the work with its reason. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ReplayProgress) => void;
  /** For all that takes its time. */
  readonly pace: Pace;
}

/** What a generation is built for. */
export interface CandidateSpec {
  readonly kind: GenerationKind;
  /** A generation with another plan is built from the start. */
  readonly plan: string;
  /** Resumes a generation that a comparison has found unequal, too. */
  readonly refusedToo?: boolean;
  /** What it is compared with; undefined where nothing is live. */
  readonly live: LiveGeneration | undefined;
  /** What the log took later than this (milliseconds since the epoch) is left out. */
  readonly until?: number;
}

const LOOK_EVERY_MS = 200;
// As many as this process can keep busy; more would only crowd out those who write to the live views.
const WRITERS = 2;

// A build takes as long as it takes, and lets go when this process is gone; it must not take the machine from those who
// ask the live views. Of commits that a crash of Postgres undoes, rows and checkpoint are undone alike.
const BUILD_SETTINGS = {
  idle_in_transaction_session_timeout: 0,
  client_connection_check_interval: 1_000,
  synchronous_commit: 'off',
  work_mem: '128MB',
  maintenance_work_mem: '256MB',
  max_parallel_workers_per_gather: 0,
  max_parallel_maintenance_workers: 0,
  jit: 'off',
  // As for a projector: a plan that was made while a table was small is kept for long.
  enable_seqscan: 'off',
};

/** A connection pool for the work of a replay, in the views of one schema. */
export function buildConnections(
  { databaseUrl, namespace, logger }: Omit<ReplayContext, 'pace'>,
  schema: string,
  max: number,
): Postgres {
  return new Postgres(databaseUrl, namespace, {
    max,
    name: nameOfReplay(namespace),
    schemas: [schema],
    queryTimeoutMs: 0,
    settings: BUILD_SETTINGS,
    onError: (err) => logger.warn({ err }, 'lost a connection to Postgres'),
  });
}

/** What is complete follows the live views; of a moment it follows nothing, and the log may not have reached that yet. */
function phasesToResume({ refusedToo, until }: Pick<CandidateSpec, 'refusedToo' | 'until'>): string[] {
  const phases = ['loading', 'indexing'];
  if (until !== undefined) return phases;
  return refusedToo ? [...phases, 'complete', 'unequal'] : [...phases, 'complete'];
}

/** A generation that a replay builds, or brings to where the live one is. */
export class Candidate {
  readonly schema: string;
  /** What it is compared with; undefined where nothing is live. */
  readonly live: LiveGeneration | undefined;
  /** What that comparison found. */
  comparison: Comparison | undefined;
  readonly bounds: Bounds;
  readonly views: Postgres;
  private feeding: Consumption | undefined;
  private failed: { readonly error: unknown } | undefined;

  /** Of a schema that is there. */
  constructor(
    private readonly context: ReplayContext,
    readonly replayed: ReplayedFold,
    { schema, live, until }: { schema: string; live: LiveGeneration | undefined; until?: number },
  ) {
    this.schema = schema;
    this.live = live;
    this.views = buildConnections(context, schema, 6);
    this.bounds = new Bounds(new Map(), until);
  }

  /** Resumes a generation that an earlier replay built by the same plan, or creates one. */
  static async open(
    context: ReplayContext,
    admin: Postgres,
    replayed: ReplayedFold,
    { kind, plan, refusedToo, live, until }: CandidateSpec,
  ): Promise<Candidate> {
    const { fold, load } = replayed;
    const { namespace } = context;
    const schema = namespace.generation(fold.name, kind);
    const state = await readState(admin, schema, fold.name);
    if (state?.plan !== plan || !phasesToResume({ refusedToo, until }).includes(state.phase)) {
      await admin.transaction(async (tx) => {
        await tx.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
        const building = { phase: 'loading', plan };
        await createGeneration(tx, schema, { fold: load.fold, version: namespace.version(fold.name), building });
      });
    }
    return new Candidate(context, replayed, { schema, live, until });
  }

  get fold(): Fold {
    return this.replayed.fold;
  }

  /** Reads the log up to `ends`, unless that was done before; then makes of it what the fold would have written. */
  async load(ends: Positions): Promise<void> {
    const { fold, load } = this.replayed;
    const { schema, context } = this;
    const phase = (await readState(this.views, schema, fold.name))?.phase;
    if (phase !== 'loading' && phase !== 'indexing') return;
    const connections = buildConnections(context, schema, WRITERS);
    try {
      this.bounds.moveTo(ends);
      if (phase === 'loading') {
        await this.feed(load.fold, connections, true);
        while ((await this.progress('loading', this.bounds.all)) > 0) await pause(LOOK_EVERY_MS);
        await this.rest();
        // From here on no record may come: what is counted is counted once.
        await notePhase(connections, schema, fold.name, 'indexing');
      }
      await this.finish(connections);
      await notePhase(connections, schema, fold.name, 'complete');
    } finally {
      await this.rest();
      await connections.close();
    }
  }

  private async finish(connections: Postgres): Promise<void> {
    await this.progress('indexing', this.bounds.all);
    for (const step of this.replayed.load.finish) {
      this.context.signal.throwIfAborted();
      await together(step.map((work) => this.finishPart(connections, work)));
    }
    const { rows } = await connections.query<{ name: string }>(
      'SELECT tablename AS name FROM pg_tables WHERE schemaname = $1 ORDER BY pg_table_size(tablename::regclass) DESC',
      [this.schema],
    );
    // Whoever reads them next finds statistics, and need not look up what is committed.
    const vacuum = (name: string) => connections.query(`VACUUM (ANALYZE) "${this.schema}"."${name}"`);
    await together(rows.map(({ name }) => this.context.pace.run(() => vacuum(name))));
  }

  private async finishPart(connections: Postgres, { sql, makes, takes }: Work): Promise<void> {
    const { rows } = await connections.query<{ made: boolean; taken: boolean }>(
      'SELECT to_regclass($1) IS NOT NULL AS made, $2::text IS NOT NULL AND to_regclass($2) IS NULL AS taken',
      [makes, takes],
    );
    if (!rows[0]!.made && !rows[0]!.taken) await this.context.pace.run(() => connections.query(sql));
  }

  /** From now on it follows the log up to the bounds. */
  follow(): Promise<void> {
    // Not capped: it could not come to where the live views are while more is reported than the cap admits.
    return this.feed(this.fold, this.views, false);
  }

  private async feed(fold: Fold, postgres: Postgres, capped: boolean): Promise<void> {
    const { context, bounds } = this;
    const log = boundedLog(context.log, { bounds, pace: context.pace, capped });
    // A group of its own each time: one that was killed holds its partitions for some seconds.
    const group = `${context.namespace.group(fold.name)}.replay-${randomUUID()}`;
    // What the live views have set aside it sets aside too: whether that is too much was decided there.
    const maxDeadLetters = Infinity;
    this.feeding = await follow(fold, { ...context, log, postgres, maxDeadLetters }, { group });
    this.feeding.ended.catch((error: unknown) => (this.failed = { error }));
  }

  /** Reports its progress towards `ends` and returns the number of records to go. Throws what ended the feeding. */
  async progress(phase: ReplayProgress['phase'], ends: Positions): Promise<number> {
    this.context.signal.throwIfAborted();
    if (this.failed) throw this.failed.error;
    const positions = await readCheckpoints(this.views, this.fold, this.schema);
    const partitions = [...positions].map(([partition, position]) => {
      return { partition, position, end: ends.get(partition) ?? 0 };
    });
    this.context.onProgress({ view: this.fold.name, phase, partitions });
    return distance(positions, ends);
  }

  /** Stops following the log. */
  async rest(): Promise<void> {
    const { feeding } = this;
    this.feeding = undefined;
    await feeding?.stop();
  }

  /** May be called again. */
  async close(): Promise<void> {
    this.bounds.close();
    await this.rest();
    if (!this.views.pool.ending) await this.views.close();
  }
}
