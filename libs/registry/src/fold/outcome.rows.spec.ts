import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type LogRecord } from '#event-sourcing';
import { prepared } from '#platform';
import { openViews, type Views } from '../../../../test/support/views.js';
import { sealedRecord } from '../../test/sealed-log.js';
import { commandIdAt } from '../../test/command-ids.js';
import { type AskedCommand } from '../stored/command-seals.js';
import { Keyring } from '../stored/keyring.js';
import { registryFold, replayedRegistry } from './registry.fold.js';
import { encodeRecord } from '../stored/registry.record.js';
import { type Accepted } from '../decisions/registry.state.js';

const DAY = 24 * 60 * 60 * 1000;
const START = Date.UTC(2026, 0, 1);
const create: AskedCommand = { type: 'CreateWorkspace', name: 'Tide' };
const jane = { username: 'jane', email: 'jane@x.y', firstName: '', lastName: '', isActive: true, profile: {} };
const register: AskedCommand = { type: 'RegisterUser', user: jane };

interface Row {
  command_id: string;
  decided_on: string;
  sealed: string | null;
  verdict: Partial<Accepted>;
}

describe('what is remembered of commands', () => {
  let keys: Views;
  let views: Views;
  let keyring: Keyring;
  let offset: number;
  beforeAll(async () => {
    keys = await openViews((namespace, postgres) => {
      keyring = new Keyring(postgres, namespace, []);
      return registryFold(namespace, keyring);
    });
    await keyring.prepare(false);
  });
  afterAll(() => keys.close());
  beforeEach(async () => {
    offset = 0;
    views = await openViews((namespace) => registryFold(namespace, keyring));
  });
  afterEach(() => views.close());

  /** A record at so many ms from the start. */
  const at = async (
    ms: number,
    asked: AskedCommand = create,
    key?: string,
    environment = 'demo',
  ): Promise<LogRecord> => {
    const time = START + ms;
    const idempotency = key === undefined ? undefined : { key, bodyHash: 'hash' };
    const record = await sealedRecord(keyring, environment, { id: commandIdAt(time), asked, idempotency });
    return { partition: 0, offset: offset++, key: environment, value: Buffer.from(encodeRecord(record)), time };
  };
  const idOf = ({ value }: LogRecord) => (JSON.parse(value.toString()) as { id: string }).id;
  const rows = async (table = 'outcomes', from = views) => (await from.rows(table))[table] as Row[];
  const remembered = async (from = views) => new Set((await rows('outcomes', from)).map((row) => row.command_id));
  const outcomeOf = async (record: LogRecord) => (await rows()).find((row) => row.command_id === idOf(record));
  const applyTo = (to: Views, own: LogRecord[], passed?: LogRecord[]) =>
    to.postgres.transaction(async (tx) => (await to.fold.prepare(0, own, passed))(prepared(tx)));

  it('goes when the log has passed it by 24 hours, to the second, with its key', async () => {
    const [first, second] = [await at(0, create, 'k1'), await at(1_000, create, 'k2')];
    await views.apply([first, second]);
    await views.apply([await at(DAY - 1)]);
    expect((await rows('idempotency_keys')).length).toBe(2);
    expect(await remembered()).toContain(idOf(first));
    await views.apply([await at(DAY)]);
    expect(await remembered()).not.toContain(idOf(first));
    expect(await remembered()).toContain(idOf(second));
    expect((await rows('idempotency_keys')).map((row) => row.command_id)).toEqual([idOf(second)]);
  });

  it('goes in a batch that is longer than a day, too', async () => {
    const [first, last] = [await at(0, create, 'k1'), await at(DAY, create, 'k1')];
    await views.apply([first, last]);
    expect(await remembered()).toEqual(new Set([idOf(last)]));
    expect((await outcomeOf(last))?.verdict).toMatchObject({ accepted: { id: 2 } });
  });

  it('goes by a time that never falls, though the clocks of brokers do', async () => {
    const [first, ahead] = [await at(0, create, 'k1'), await at(DAY)];
    const [back, repeat] = [await at(1, create, 'k1'), await at(2, create, 'k1')];
    for (const record of [first, ahead, back, repeat]) await views.apply([record]);
    expect(await remembered()).toEqual(new Set([ahead, back, repeat].map(idOf)));
    expect((await outcomeOf(back))?.verdict).toMatchObject({ accepted: { id: 3 } });
    expect((await outcomeOf(repeat))?.verdict).toMatchObject({ accepted: { id: 3 } });
  });

  it('is the same in a check of one environment, and where other records wait', async () => {
    const records = [await at(0, create, 'k1'), await at(DAY, create, 'k1', 'other'), await at(5, create, 'k1')];
    await views.apply(records);
    const alone = await openViews((namespace) => registryFold(namespace, keyring));
    for (const record of records) await applyTo(alone, record.key === 'demo' ? [record] : [], [record]);
    const own = (all: Row[]) => all.filter((row) => (row as Row & { environment: string }).environment === 'demo');
    expect(own(await rows())).toEqual(own(await rows('outcomes', alone)));
    expect(await remembered(alone)).toEqual(new Set([idOf(records[2]!)]));
    expect((await alone.rows('registry_clock')).registry_clock).toEqual(
      (await views.rows('registry_clock')).registry_clock,
    );
    await alone.close();
  });

  it('counts from when a command is taken up again, not from when it came', async () => {
    const [first, again] = [await at(0, create, 'k1'), await at(1, create, 'k1')];
    await applyTo(views, [], [first, again, await at(3 * DAY)]);
    await applyTo(views, [first, again]);
    expect((await outcomeOf(again))?.verdict).toEqual((await outcomeOf(first))?.verdict);
    expect((await rows('idempotency_keys')).length).toBe(1);
  });

  it('lets a command id be judged anew only when it is forgotten, whatever is still there', async () => {
    const command = await at(500);
    await views.apply([command]);
    await views.apply([{ ...command, offset: offset++, time: START + DAY }]);
    expect((await rows()).length).toBe(1);
    expect((await outcomeOf(command))?.verdict).toMatchObject({ accepted: { id: 1 } });
    await views.apply([{ ...command, offset: offset++, time: START + DAY + 1_000 }]);
    expect((await outcomeOf(command))?.verdict).toMatchObject({ accepted: { id: 2 } });
  });

  it('shows a user sealed, and not at all once deleted, in the same batch or later, in repeats as in the first', async () => {
    const [first, repeat] = [await at(0, register, 'k1'), await at(1, register, 'k1')];
    await views.apply([first, repeat]);
    const sealed = (await rows()).map((row) => row.sealed);
    expect(sealed).toEqual([expect.stringMatching(/^[\w+/=]+$/), sealed[0]]);
    expect(JSON.stringify(await rows())).not.toMatch(/jane/);
    await views.apply([await at(2, { type: 'DeleteUser', userId: 1 }), await at(3, register, 'k1')]);
    expect((await rows()).map((row) => row.sealed)).toEqual([null, null, null, null]);
    await views.apply([await at(4, register), await at(5, { type: 'DeleteUser', userId: 2 })]);
    expect((await rows()).filter((row) => row.sealed !== null)).toEqual([]);
  });

  it('goes with the keys of commands that made nobody, and of none that once made somebody', async () => {
    const [first, refused, repeat] = [await at(0, register, 'k1'), await at(1, register), await at(2, register, 'k1')];
    await views.apply([first, refused, repeat]);
    // It is forgotten by then, and so judged as a command that finds its name taken.
    await views.apply([{ ...first, offset: offset++, time: START + 2 * DAY }]);
    const keys = [first, refused, repeat].map((record) => keyring.findKey({ environment: 'demo', key: idOf(record) }));
    expect((await Promise.all(keys)).map((key) => key !== undefined)).toEqual([true, false, false]);
  });

  it('is erased with the key of a user, also of one who was deleted before, by a replay as by the live views', async () => {
    const erase: AskedCommand = { type: 'EraseUser', userId: 1 };
    const records = [await at(0, register), await at(1, { type: 'DeleteUser', userId: 1 }), await at(2, erase)];
    const name = { environment: 'demo', key: idOf(records[0]!) };
    await views.apply(records.slice(0, 2));
    expect(await keyring.findKey(name)).toBeDefined();
    const replayed = await openViews((namespace) => replayedRegistry(namespace, keyring).fold);
    await replayed.apply(records);
    expect(await keyring.findKey(name)).toBeUndefined();
    await views.apply(records.slice(2));
    expect(await keyring.findKey(name)).toBeUndefined();
    const tables = ['outcomes', 'former_users', 'users', 'registry_clock'];
    expect(await views.rows(...tables)).toEqual(await replayed.rows(...tables));
    await replayed.close();
    expect((await outcomeOf(records[2]!))?.verdict).toMatchObject({ accepted: { type: 'user', id: 1, did: 'delete' } });
    await views.apply([await at(3, erase)]);
    expect(await keyring.findKey(name)).toBeUndefined();
  });
});
