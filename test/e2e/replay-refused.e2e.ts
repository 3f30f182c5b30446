import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Postgres } from '#platform';
import { sendHistory } from '../support/history.js';
import { spawnReplay } from '../support/replays.js';
import { type Service, startService } from '../support/service.js';

describe('tidemark replay', () => {
  let service: Service;
  let postgres: Postgres;

  beforeAll(async () => {
    service = await startService();
    postgres = new Postgres(service.config.databaseUrl, service.namespace);
    await sendHistory(service);
  });
  afterAll(async () => {
    await postgres.close();
    await service.stop();
  });

  it('refuses a second one at once with 2, and the first goes on', async () => {
    // Whoever writes to the live views keeps the first from coming to its barrier.
    const checkpoints = `${service.namespace.views('registry')}.registry_checkpoints`;
    const first = await postgres.transaction(async (tx) => {
      await tx.query('SET LOCAL idle_in_transaction_session_timeout = 0');
      await tx.query(`LOCK TABLE ${checkpoints} IN ROW EXCLUSIVE MODE`);
      const running = spawnReplay(service);
      await running.saying(/registry: catching up/);
      const second = await spawnReplay(service).ended;
      expect(second).toMatchObject({ code: 2, out: '' });
      expect(second.err).toMatch(/Refused: a replay of \S+ is running already\.\n$/);
      return running;
    });
    const { code, out, err } = await first.ended;
    expect({ code, err: err.split('\n')[0] }).toEqual({
      code: 0,
      err: expect.stringMatching(/^(registry|activities): loading, \d+ of \d+ records, \d+\/s, \S+ left \(0:\d+ 1:/),
    });
    expect(out).toMatch(/registry: views of version \d+ in \S+_next, \d+ rows of \d+ tables compared .*: equal\n/);
    expect(out).toMatch(/Switched after [\d.]+ s\. The former views are kept for --rollback, until --drop-old\.\n$/);
  });

  it('goes back, and lets go of the former views, with 0', async () => {
    expect(await spawnReplay(service, '--rollback').ended).toMatchObject({ code: 0 });
    const dropped = await spawnReplay(service, '--drop-old', '--json').ended;
    expect(dropped.code).toBe(0);
    expect(JSON.parse(dropped.out)).toMatchObject({ outcome: 'dropped', dropped: { length: 2 } });
  });

  it('refuses with 2 to go back where there is nothing to go back to', async () => {
    const { code, err } = await spawnReplay(service, '--rollback').ended;
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/^Refused: there is no former generation/) });
  });

  it.each([
    [['--view', 'everything']],
    [['--until', 'yesterday']],
    [['--environment', 'no spaces']],
    [['--until', '2026-01-01', '--accept']],
    [['--environment', 'demo', '--until', '2026-01-01']],
    [['--rollback', '--drop-old']],
    [['--missing', '--rollback']],
  ])('%j is told and ends with 2', async (args) => {
    const { code, out, err } = await spawnReplay(service, ...args).ended;
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^error: option/);
  });
});
