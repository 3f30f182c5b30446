import { type KeyObject, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import {
  findRows,
  Lookups,
  type Namespace,
  type Postgres,
  putRows,
  type Queryable,
  type Table,
  takeTurn,
  type Transaction,
  WAIT_FOR_THE_DISK,
} from '#platform';
import { type UserKeyId } from '../decisions/registry.state.js';
import { newRootKey, RootKey, unwrapRootKey, wrapRootKey } from './root-key.js';
import { TextSeal } from './text-seal.js';

const SALT_BYTES = 32;

/** The keys are not those of the log, or are not to be had: what to do is for the operator. */
export class KeysUnusable extends Error {
  override readonly name = 'KeysUnusable';
}

/** There are no keys yet: a projector makes them when it starts. */
export class KeysMissing extends Error {
  override readonly name = 'KeysMissing';
}

/** A key that is there, or the note that it was erased. */
export type UserKey = KeyObject | 'erased';

/** Where the keys of users come from. */
export interface KeySource {
  rootKey(): Promise<RootKey>;
  /** Makes a key, for good before this resolves: what it seals must never be without it. */
  makeKey(name: UserKeyId): Promise<KeyObject>;
  /** A key; undefined where it was erased or lost. */
  findKey(name: UserKeyId): Promise<KeyObject | undefined>;
}

const MOST_SEALS = 1_000;

/**
 * The keys that unseal personal fields, in a schema of their own: the one thing that does not come back from the log. A
 * root key, wrapped by the master key of the settings, and a random salt for each user, which make the user's key
 * together. Dropping the salt erases what was ever sealed for the user, in every copy of the log; an empty one stays in its
 * place, which tells a key that was erased from one that was lost.
 */
export class Keyring implements KeySource {
  private readonly schema: string;
  /** What users' keys are made of, beside the root key: by environment and key. */
  readonly salts: Table;
  private root: Promise<RootKey> | undefined;
  /** Those of the environments that were asked for last: each has keys of its own. */
  private readonly seals = new LRUCache<string, TextSeal>({ max: MOST_SEALS });
  private readonly made = new Lookups<UserKeyId, KeyObject>((names) => this.makeKeys(names));
  private readonly found = new Lookups<UserKeyId, KeyObject | undefined>(async (names) => {
    const keys = await this.findKeys(names);
    return names.map((name) => usableKey(keys.get(textOfKeyId(name))));
  });

  /** The first master key wraps; the others were first before, and may still have to open. */
  constructor(
    private readonly postgres: Postgres,
    namespace: Namespace,
    private readonly masterKeys: readonly string[],
  ) {
    this.schema = namespace.schema('keys');
    const key = { environment: 'text', key: 'uuid' };
    this.salts = { name: `${this.schema}.user_salts`, key, columns: { salt: 'bytea' } };
  }

  /**
   * Makes the schema and the root key where there are none, and wraps the root key with the first master key where
   * another wraps it or none does. Throws `KeysUnusable`; also where keys are missing for a log that has records.
   */
  async prepare(logHasRecords: boolean): Promise<void> {
    await this.postgres.transaction(async (tx) => {
      await takeTurn(tx, this.schema);
      await tx.query(`CREATE SCHEMA IF NOT EXISTS ${this.schema}`);
      await tx.query(
        `CREATE TABLE IF NOT EXISTS ${this.schema}.root_key (content bytea NOT NULL, wrapped boolean NOT NULL)`,
      );
      const stored = await this.storedRoot(tx);
      if (logHasRecords && (stored === undefined || !(await this.hasSalts(tx)))) {
        throw new KeysUnusable(
          `the registry's log has records, but the keys that unseal them are gone: restore the schema ${this.schema} from a backup`,
        );
      }
      await tx.query(`CREATE TABLE IF NOT EXISTS ${this.schema}.user_salts (
        environment text NOT NULL, key uuid NOT NULL, salt bytea NOT NULL, PRIMARY KEY (environment, key))`);
      await this.keepRoot(tx, stored);
    });
  }

  /** The root key, read once. Throws `KeysMissing` as long as it is not there, `KeysUnusable` with another master key. */
  rootKey(): Promise<RootKey> {
    this.root ??= this.readRoot().catch((error: unknown) => {
      this.root = undefined;
      throw error;
    });
    return this.root;
  }

  /**
   * A seal for texts that clients bring back, the same on every instance and after every replay. It opens nothing of
   * another purpose or environment. Throws as `rootKey` does.
   */
  async textSeal(purpose: string, environment = '', tagBytes?: number): Promise<TextSeal> {
    const root = await this.rootKey();
    const name = `${purpose}\n${environment}\n${tagBytes}`;
    const known = this.seals.get(name);
    if (known) return known;
    const seal = new TextSeal(root.purposeKey(purpose, environment), tagBytes);
    this.seals.set(name, seal);
    return seal;
  }

  /** Whether the root key lies in the database as it is, for want of a master key. */
  async liesOpen(): Promise<boolean> {
    return (await this.storedRoot(this.postgres))?.wrapped === false;
  }

  makeKey(name: UserKeyId): Promise<KeyObject> {
    return this.made.find(name);
  }

  findKey(name: UserKeyId): Promise<KeyObject | undefined> {
    return this.found.find(name);
  }

  /** The keys of these names by `textOfKeyId`; one that was lost is missing. */
  async findKeys(names: readonly UserKeyId[]): Promise<Map<string, UserKey>> {
    if (names.length === 0) return new Map();
    const root = await this.rootKey();
    const rows = await findRows<{ salt: Buffer }>(this.postgres.prepared, this.salts, names);
    const keys = rows.flatMap((row, at): [string, UserKey][] =>
      row ? [[textOfKeyId(names[at]!), keyOf(root, names[at]!, row.salt)]] : [],
    );
    return new Map(keys);
  }

  /** The key that is made of this salt; undefined where it was erased or lost. */
  async keyOf(name: UserKeyId, salt: Buffer | undefined): Promise<KeyObject | undefined> {
    return salt && usableKey(keyOf(await this.rootKey(), name, salt));
  }

  /** Erases these keys with the transaction, for good: what they sealed is gone from then on. Again changes nothing. */
  eraseKeys(tx: Transaction, names: readonly UserKeyId[]): void {
    if (names.length === 0) return;
    // A replay's transactions do not wait for the disk: these do.
    tx.send(WAIT_FOR_THE_DISK);
    const erased = new Map(names.map((name) => [textOfKeyId(name), { ...name, salt: Buffer.alloc(0) }]));
    putRows(tx, this.salts, [...erased.values()]);
  }

  private async makeKeys(names: readonly UserKeyId[]): Promise<KeyObject[]> {
    const root = await this.rootKey();
    const random = randomBytes(SALT_BYTES * names.length);
    const salts = names.map((_, index) => random.subarray(index * SALT_BYTES, (index + 1) * SALT_BYTES));
    await this.postgres.prepared.query(
      `INSERT INTO ${this.schema}.user_salts SELECT * FROM unnest($1::text[], $2::uuid[], $3::bytea[])`,
      [names.map(({ environment }) => environment), names.map(({ key }) => key), salts],
    );
    return names.map(({ environment, key }, index) => root.userKey(environment, key, salts[index]!));
  }

  private async hasSalts(db: Queryable): Promise<boolean> {
    const { rows } = await db.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [
      `${this.schema}.user_salts`,
    ]);
    return rows[0]!.there;
  }

  private async readRoot(): Promise<RootKey> {
    const stored = await this.storedRoot(this.postgres).catch((error: { code?: string }) => {
      if (error.code === '42P01') return undefined;
      throw error;
    });
    if (stored === undefined) throw new KeysMissing(`there are no keys in ${this.schema} yet`);
    return new RootKey(this.open(stored));
  }

  private async storedRoot(db: Queryable): Promise<{ content: Buffer; wrapped: boolean } | undefined> {
    const { rows } = await db.query<{ content: Buffer; wrapped: boolean }>(
      `SELECT content, wrapped FROM ${this.schema}.root_key`,
    );
    return rows[0];
  }

  private open({ content, wrapped }: { content: Buffer; wrapped: boolean }): Buffer {
    if (!wrapped) return content;
    for (const masterKey of this.masterKeys) {
      const root = unwrapRootKey(content, masterKey);
      if (root) return root;
    }
    throw new KeysUnusable(
      this.masterKeys.length === 0
        ? `the keys in ${this.schema} are wrapped by a master key: set TIDEMARK_MASTER_KEY to it`
        : `TIDEMARK_MASTER_KEY does not open the keys in ${this.schema}: set it to the one that they were made with`,
    );
  }

  private async keepRoot(tx: Queryable, stored: { content: Buffer; wrapped: boolean } | undefined): Promise<void> {
    const root = stored ? this.open(stored) : newRootKey();
    const [masterKey] = this.masterKeys;
    if (stored && (masterKey === undefined || (stored.wrapped && unwrapRootKey(stored.content, masterKey)))) return;
    await tx.query(`DELETE FROM ${this.schema}.root_key`);
    await tx.query(`INSERT INTO ${this.schema}.root_key VALUES ($1, $2)`, [
      masterKey === undefined ? root : wrapRootKey(root, masterKey),
      masterKey !== undefined,
    ]);
  }
}

const keyOf = (root: RootKey, { environment, key }: UserKeyId, salt: Buffer): UserKey =>
  salt.length === 0 ? 'erased' : root.userKey(environment, key, salt);

/** The key, unless it was erased. */
export const usableKey = (key: UserKey | undefined): KeyObject | undefined => (key === 'erased' ? undefined : key);

export const textOfKeyId = ({ environment, key }: UserKeyId) => `${environment}/${key}`;
