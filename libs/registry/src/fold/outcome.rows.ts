import { isRejection } from '#event-sourcing';
import { addRows, findRows, putRows, type Queryable, type Table, together, type Transaction } from '#platform';
import {
  type Accepted,
  expiredUpTo,
  inEnvironment,
  type KeyedCommand,
  type RegistryState,
  type SealedUser,
  type Verdict,
} from '../decisions/registry.state.js';
import { textOfKeyId, usableKey, type UserKey } from '../stored/keyring.js';
import { sealUser } from '../stored/sealed-user.js';

/**
 * The outcomes of commands, and their `Idempotency-Key`s, for 24 hours by the log's time. The rows that are there are a
 * function of the log alone, whatever the batches: those that the clock of their partition has not passed by that much.
 */

// So that no statement takes long, however much came a day ago.
const MOST_AT_ONCE = 20_000;

/** Moves the clock of the partition; in `state` it stands where it was before. */
export async function moveClock(tx: Queryable, state: RegistryState, partition: number, to: number): Promise<void> {
  const { rows } = await tx.query<{ before: Date | null }>(
    `INSERT INTO registry_clock AS clock VALUES ($1, $2)
     ON CONFLICT (partition) DO UPDATE SET time = greatest(clock.time, EXCLUDED.time)
     RETURNING (SELECT time FROM registry_clock WHERE partition = $1) AS before`,
    [partition, new Date(to).toISOString()],
  );
  state.startClock(rows[0]?.before?.getTime() ?? -Infinity);
}

/** Deletes what has expired. */
export async function dropExpired(tx: Queryable, state: RegistryState, partition: number): Promise<void> {
  const upTo = expiredUpTo(state.clock);
  if (upTo === expiredUpTo(state.clockBefore)) return;
  await together([dropUpTo(tx, 'outcomes', partition, upTo), dropUpTo(tx, 'idempotency_keys', partition, upTo)]);
}

async function dropUpTo(tx: Queryable, table: string, partition: number, upTo: number): Promise<void> {
  for (let gone = MOST_AT_ONCE; gone === MOST_AT_ONCE;) {
    const { rowCount } = await tx.query(
      `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM ${table} WHERE partition = $1 AND decided_on <= $2 LIMIT ${MOST_AT_ONCE}))`,
      [partition, new Date(upTo).toISOString()],
    );
    gone = rowCount ?? 0;
  }
}

/** What became of the commands that made a user who is gone now does not show them any more. */
export function clearDeleted(tx: Transaction, { users }: RegistryState): void {
  const gone = users.gone().flatMap((id) => users.before(id) ?? []);
  if (gone.length === 0) return;
  tx.send('UPDATE outcomes SET key = NULL, sealed = NULL WHERE key = ANY($1)', [gone.map(({ key }) => key)]);
}

/** What became of a command, as it is stored. */
export interface OutcomeRow {
  readonly verdict: Verdict;
  readonly key?: string | null;
  /** In base64. */
  readonly sealed?: string | null;
}

export function verdictOf({ verdict, key, sealed }: OutcomeRow): Verdict {
  if (isRejection(verdict) || !key || !sealed) return verdict;
  return { accepted: { ...verdict.accepted, sealed: { key, content: sealed } } };
}

const OUTCOMES: Table = {
  name: 'outcomes',
  key: { commandId: 'uuid' },
  columns: {
    ...{ partition: 'int', environment: 'text', decidedOn: 'timestamptz' },
    ...{ verdict: 'json', key: 'uuid', sealed: 'text' },
  },
};

export async function loadOutcomes(db: Queryable, { outcomes }: RegistryState, ids: readonly string[]): Promise<void> {
  const asked = ids.map((commandId) => ({ commandId }));
  const rows = await findRows<OutcomeRow & { environment: string; decidedOn: number }>(db, OUTCOMES, asked);
  for (const [at, row] of rows.entries()) if (row) outcomes.load(ids[at]!, { ...row, verdict: verdictOf(row) });
}

const ANSWERED_KEYS: Table = {
  name: `(SELECT kept.*, verdict, outcomes.key AS user_key, sealed
    FROM idempotency_keys kept JOIN outcomes USING (command_id))`,
  key: { environment: 'text', key: 'text' },
  columns: {
    ...{ commandId: 'uuid', bodyHash: 'text', decidedOn: 'timestamptz' },
    ...{ verdict: 'json', userKey: 'uuid', sealed: 'text' },
  },
};

/** What these keys answer. */
export async function loadKeys(
  db: Queryable,
  { keyed }: RegistryState,
  asked: readonly { environment: string; key: string }[],
): Promise<void> {
  const rows = await findRows<KeyedCommand & { userKey?: string; sealed?: string }>(db, ANSWERED_KEYS, asked);
  for (const [at, row] of rows.entries()) {
    const { environment, key } = asked[at]!;
    if (row) keyed.load(inEnvironment(environment, key), { ...row, verdict: verdictOf({ ...row, key: row.userKey }) });
  }
}

export function writeOutcomes(
  tx: Transaction,
  state: RegistryState,
  partition: number,
  keys: ReadonlyMap<string, UserKey>,
): void {
  const kept = state.outcomes.kept().filter(({ value }) => state.keeps(value.decidedOn));
  const rows = kept.map(({ key: commandId, value: { environment, decidedOn, verdict } }) => {
    const { clear, sealed } = stored(state, environment, verdict, keys);
    const user = { key: sealed?.key, sealed: sealed?.content };
    return { commandId, partition, environment, decidedOn, verdict: clear, ...user };
  });
  addRows(tx, OUTCOMES, rows);
}

/** The verdict, and apart from it, sealed, the user whom it shows. Of one who is gone by now there is nothing left. */
function stored(
  state: RegistryState,
  environment: string,
  verdict: Verdict,
  keys: ReadonlyMap<string, UserKey>,
): { clear: Verdict; sealed?: SealedUser } {
  if (isRejection(verdict) || verdict.accepted.type !== 'user') return { clear: verdict };
  const { user: _user, sealed: _sealed, ...accepted } = verdict.accepted;
  const id = inEnvironment(environment, accepted.id);
  const isGone = state.users.changes.has(id) && state.users.get(id) === undefined;
  return { clear: { accepted }, sealed: isGone ? undefined : sealedUser(environment, verdict.accepted, keys) };
}

function sealedUser(
  environment: string,
  { user, sealed }: Accepted['accepted'],
  keys: ReadonlyMap<string, UserKey>,
): SealedUser | undefined {
  if (user === undefined) return sealed;
  const key = usableKey(keys.get(textOfKeyId({ environment, key: user.key })));
  return key && sealUser(environment, user, key);
}

const KEYS: Table = {
  name: 'idempotency_keys',
  key: { environment: 'text', key: 'text' },
  columns: { partition: 'int', commandId: 'uuid', bodyHash: 'text', decidedOn: 'timestamptz' },
};

export function writeKeys(tx: Transaction, state: RegistryState, partition: number): void {
  const kept = state.keyed.kept().filter(({ value }) => state.keeps(value.decidedOn));
  const rows = kept.map(({ key, value }) => {
    const slash = key.indexOf('/');
    return { ...value, partition, environment: key.slice(0, slash), key: key.slice(slash + 1) };
  });
  putRows(tx, KEYS, rows);
}
