import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EventLog, LogUnavailable, type NewRecord } from '#event-sourcing';
import { createLogger, metrics, Notifications } from '#platform';
import { openViews, type Views } from '../../../../test/support/views.js';
import { registryFold } from '../fold/registry.fold.js';
import { decodeRecord } from '../stored/registry.record.js';
import { type Verdict } from '../decisions/registry.state.js';
import { type AskedCommand } from '../stored/command-seals.js';
import { Keyring } from '../stored/keyring.js';
import { AwaitedOutcomes } from './awaited-outcomes.js';
import { CommandLog } from './command-log.js';
import { Outcomes } from './outcomes.js';
import { RegistryLog } from './registry-log.js';
import { StoppedEnvironments } from './stopped-environments.js';

const down = new LogUnavailable('the log does not answer');
const asked = { type: 'CreateGroup', name: 'x' } satisfies AskedCommand;
const accepted: Verdict = { accepted: { type: 'group', id: 1, did: 'create', version: 1 } };
const reused: Verdict = { rejected: 'idempotency-key-reused', detail: 'another body' };

describe('commands', () => {
  let views: Views;
  let notifications: Notifications;
  let outcomes: AwaitedOutcomes;

  beforeAll(async () => {
    views = await openViews((namespace, postgres) => registryFold(namespace, new Keyring(postgres, namespace, [])));
    notifications = new Notifications(process.env.DATABASE_URL!, () => undefined);
    const keyring = new Keyring(views.postgres, views.namespace, []);
    outcomes = new AwaitedOutcomes(views.postgres, notifications, views.namespace, createLogger('test', 'silent'));
    await outcomes.onModuleInit();
    await keyring.prepare(false);
  });
  afterAll(async () => {
    await notifications.close();
    await views.close();
  });

  function commandsOver(append: EventLog['append']): CommandLog {
    const { namespace, postgres } = views;
    const log = { partitionOf: () => 0, append } as Partial<EventLog> as EventLog;
    const keyring = new Keyring(postgres, namespace, []);
    const registry = new RegistryLog(log, namespace, outcomes);
    return new CommandLog(registry, new Outcomes(postgres, keyring), keyring, new StoppedEnvironments(postgres));
  }
  const senderOf = (idempotencyKey: string) => ({ environment: 'demo', subject: 'tester', idempotencyKey });

  /** Takes records, and judges them as told, as a projector would that has others before them. */
  const judging = (verdicts: readonly Verdict[]) => async (_: string, records: readonly NewRecord[]) => {
    for (const [at, { value }] of records.entries()) {
      const { id } = decodeRecord(Buffer.from(value))!;
      const verdict = JSON.stringify(verdicts[at]);
      await views.postgres.query(`INSERT INTO outcomes VALUES ($1, 0, 'demo', now(), $2)`, [id, verdict]);
    }
    await views.postgres.query('SELECT pg_notify($1, $2)', [views.namespace.views('registry'), '0:1']);
  };

  it('that the log does not take are waited for by nobody, and their key is free again', async () => {
    const commands = commandsOver(() => Promise.reject(down));
    for (let n = 0; n < 2; n += 1) {
      await expect(commands.submit(senderOf('lost'), asked)).rejects.toBe(down);
      await expect(commands.submitAll(senderOf('lost'), [asked, asked])).rejects.toBe(down);
    }
    const { values } = await metrics.getSingleMetric('tidemark_registry_commands_awaited')!.get();
    expect(values[0]?.value).toBe(0);
  });

  it('of a batch are answered in their order', async () => {
    const verdicts = [accepted, { rejected: 'not-found', detail: 'gone' }];
    expect(await commandsOver(judging(verdicts)).submitAll(senderOf('order'), [asked, asked])).toEqual(verdicts);
  });

  it('of a batch go into the log in their order, in as many pieces as the fold makes of them', async () => {
    const pieces: string[][] = [];
    const commands = commandsOver((_, records) => {
      pieces.push(
        records.map(({ value }) => (JSON.parse(value.toString()) as { command: { name: string } }).command.name),
      );
      return pieces.length < 3 ? Promise.resolve() : Promise.reject(down);
    });
    const names = Array.from({ length: 1_001 }, (_, n) => `${n}`);
    const batch = names.map((name): AskedCommand => ({ type: 'CreateGroup', name }));
    await expect(commands.submitAll(senderOf('pieces'), batch)).rejects.toBe(down);
    expect(pieces.map(({ length }) => length)).toEqual([500, 500, 1]);
    expect(pieces.flat()).toEqual(names);
  });

  describe('of a batch under an Idempotency-Key', () => {
    let taken = 0;
    /** Takes records at a moment, and judges them as a projector does. */
    const projecting = (time: number) => async (_: string, records: readonly NewRecord[]) => {
      const at = taken;
      taken += records.length;
      const inLog = records.map(({ key, value }, index) => {
        return { partition: 0, offset: at + index, key, value: Buffer.from(value), time };
      });
      await views.apply(inLog);
      await views.postgres.query('SELECT pg_notify($1, $2)', [views.namespace.views('registry'), '0:1']);
    };
    const send = (name: string, { environment = 'demo', key = 'key', at = Date.now() } = {}) =>
      commandsOver(projecting(at)).submitAll({ ...senderOf(key), environment }, [asked, { ...asked, name }]);
    const HOUR = 60 * 60 * 1000;

    it('are sent again as they were for 24 hours, with others not at all, and anew after that', async () => {
      await send('one', { key: 'old', at: Date.now() - 25 * HOUR });
      const first = await send('one', { at: Date.now() - 23 * HOUR });
      expect(await send('one')).toEqual(first);
      const before = taken;
      await expect(send('other')).rejects.toMatchObject({ code: 'idempotency-key-reused' });
      expect(taken).toBe(before);
      expect(await send('other', { key: 'old' })).toMatchObject([{ accepted: { id: 5 } }, { accepted: { id: 6 } }]);
    });

    it('have nothing to do with those of another environment', async () => {
      await send('one', { key: 'shared' });
      expect(await send('other', { key: 'shared', environment: 'other' })).toMatchObject([
        { accepted: { id: 1 } },
        { accepted: { id: 2 } },
      ]);
    });

    it('are refused as a whole where the key was another’s at the same moment', async () => {
      const commands = commandsOver(judging([accepted, reused]));
      await expect(commands.submitAll(senderOf('taken'), [asked, asked])).rejects.toMatchObject({
        code: 'idempotency-key-reused',
      });
    });
  });
});
