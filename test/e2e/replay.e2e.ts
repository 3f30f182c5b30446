import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Postgres } from '#platform';
import { readAllViews } from '../support/all-views.js';
import { eventually } from '../support/eventually.js';
import { sendHistory } from '../support/history.js';
import { runReplay } from '../support/replays.js';
import { type Service, startService } from '../support/service.js';

describe('a replay', () => {
  let service: Service;
  let postgres: Postgres;

  beforeAll(async () => {
    service = await startService();
    postgres = new Postgres(service.config.databaseUrl, service.namespace);
    await sendHistory(service);
    await eventually(async () => {
      const views = await readAllViews(postgres, service.namespace);
      expect(Object.keys(views).filter((name) => views[name]!.length === 0)).toEqual([]);
    });
  });
  afterAll(async () => {
    await postgres.close();
    await service.stop();
  });

  const generation = async () => {
    const { rows } = await postgres.query('SELECT id FROM activities_generation');
    return rows[0];
  };

  it('builds views that equal the live ones row by row, and switches to them', async () => {
    const before = { views: await readAllViews(postgres, service.namespace), generation: await generation() };
    const { outcome, views } = await runReplay(service);
    expect(views.map(({ compared }) => compared?.differences)).toEqual([[], []]);
    expect(outcome).toBe('switched');
    expect(await generation()).not.toEqual(before.generation);
    expect(await readAllViews(postgres, service.namespace)).toEqual(before.views);
  });
});
