import { type Queryable, together } from '#platform';
import { touchedBy } from '../decisions/judge.js';
import { inEnvironment, RegistryState } from '../decisions/registry.state.js';
import { type StoredInLog } from '../stored/command-seals.js';
import { loadKeys, loadOutcomes, moveClock } from './outcome.rows.js';
import { loadPart, type Part } from './state.tables.js';

/** Everything that these commands can touch, in one statement a table; the clock of the partition moves to this time. */
export async function loadState(
  tx: Queryable,
  partition: number,
  time: number,
  commands: readonly StoredInLog[],
): Promise<RegistryState> {
  const state = new RegistryState();
  const touched = Map.groupBy(commands.flatMap(touchedKeys), ([part]) => part);
  await together([
    moveClock(tx, state, partition, time),
    ...[...touched].map(([part, keys]) => loadPart(tx, state, part, new Set(keys.map(([, key]) => key)))),
    loadOutcomes(
      tx,
      state,
      commands.map(({ id }) => id),
    ),
    loadKeys(
      tx,
      state,
      commands.flatMap(({ environment, idempotency }) => (idempotency ? { environment, key: idempotency.key } : [])),
    ),
  ]);
  return state;
}

/** What a command can touch, by its part of the state. */
function touchedKeys({ environment, command }: StoredInLog): [Part, string][] {
  const { counters, ...touched } = touchedBy(command);
  const keys = (Object.entries(touched) as [Part, readonly (number | string)[]][]).flatMap(([part, ids]) =>
    ids.map((id): [Part, string] => [part, inEnvironment(environment, id)]),
  );
  return counters ? [['counters', environment], ...keys] : keys;
}
