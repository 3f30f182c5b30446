import { type LogRecord } from '#event-sourcing';
import { type Namespace, type Queryable } from '#platform';
import { type Fold, RecordTooNew, StopProjection, Unreadable } from '#projections';

/** What code that is broken in some way makes of a record whose value begins with the name of the way. */
export const WAYS_TO_FAIL = ['unreadable', 'throws', 'refused', 'late'] as const;

/**
 * Notes, and of each key a chain of hashes over them: whatever is lost, doubled or out of order shows. Unless it is
 * `mended`, this fold fails at some notes: it can't read them, throws, breaks a rule of a table at once, or at the commit.
 */
export function notesFold(namespace: Namespace, { mended = false, batch = 5 } = {}): Fold {
  const fails = ({ value }: LogRecord, way: string) => !mended && value.toString().startsWith(way);
  return {
    name: 'registry',
    topic: { name: namespace.topic('registry'), partitions: 2 },
    tables: `
      CREATE TABLE notes (position bigint PRIMARY KEY, partition int, key text, value text, time bigint);
      CREATE TABLE chains (key text PRIMARY KEY, chain text NOT NULL, notes int NOT NULL CHECK (notes > 0));
      CREATE TABLE rules (id int PRIMARY KEY);
      CREATE TABLE bound (id int REFERENCES rules DEFERRABLE INITIALLY DEFERRED);
      CREATE TABLE dropped (position bigint PRIMARY KEY);`,
    indexes: '',
    batch,
    prepare: async (_partition, records) => {
      if (records.some((record) => fails(record, 'stop'))) throw new StopProjection('not by this code');
      const newer = records.find((record) => fails(record, 'newer'));
      if (newer) throw new RecordTooNew('a note', newer);
      const unreadable = records.filter((record) => fails(record, 'unreadable'));
      if (unreadable.length > 0) throw new Unreadable(new Map(unreadable.map((record) => [record, 'cannot be read'])));
      return async (tx) => {
        for (const record of records) {
          if (fails(record, 'throws')) throw new TypeError('note is not a function');
          if (fails(record, 'refused')) await tx.query('INSERT INTO chains VALUES ($1, $2, -1)', ['refused', '']);
          if (fails(record, 'late')) await tx.query('INSERT INTO bound VALUES (1)');
          await insertNote(tx, record);
        }
      };
    },
    drop:
      ({ offset }) =>
      async (tx) => {
        await tx.query('INSERT INTO dropped VALUES ($1)', [offset]);
      },
  };
}

async function insertNote(tx: Queryable, { offset, partition, key, value, time }: LogRecord): Promise<void> {
  const values = [offset, partition, key.replaceAll('\0', '\uFFFD'), value.toString(), time];
  await tx.query('INSERT INTO notes VALUES ($1, $2, $3, $4, $5)', values);
  await tx.query(
    `INSERT INTO chains VALUES ($1, md5($2), 1) ON CONFLICT (key)
     DO UPDATE SET chain = md5(chains.chain || $2), notes = chains.notes + 1`,
    values.slice(2, 4),
  );
}

/** The tables of which each row is a function of the log, of the code that reads it, and of nothing else. */
export const NOTES_TABLES = ['notes', 'chains', 'bound', 'dropped'];
export const PARKING_TABLES = ['registry_dead_letters', 'registry_controls'];
