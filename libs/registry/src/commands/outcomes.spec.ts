import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openViews, type Views } from '../../../../test/support/views.js';
import { commandIdAt } from '../../test/command-ids.js';
import { registryFold } from '../fold/registry.fold.js';
import { newCommandId } from '../stored/command-id.js';
import { Keyring } from '../stored/keyring.js';
import { Outcomes } from './outcomes.js';

describe('the outcome of a command', () => {
  let views: Views;
  let outcomes: Outcomes;
  beforeAll(async () => {
    views = await openViews((namespace, postgres) => registryFold(namespace, new Keyring(postgres, namespace, [])));
    outcomes = new Outcomes(views.postgres, new Keyring(views.postgres, views.namespace, []));
  });
  afterAll(() => views.close());

  it('is told when it was decided within the last 24 hours, in its environment alone', async () => {
    const [id, old] = [newCommandId(), newCommandId()];
    await views.postgres.query(
      `INSERT INTO outcomes SELECT id, 0, 'demo', now(), '{"rejected":"not-found"}' FROM unnest($1::uuid[]) AS id`,
      [[id, old]],
    );
    await views.postgres.query("UPDATE outcomes SET decided_on = now() - interval '24 hours' WHERE command_id = $1", [
      old,
    ]);
    expect(await outcomes.find('demo', id)).toEqual({ rejected: 'not-found' });
    expect(await outcomes.find('other', id)).toBeUndefined();
    expect(await outcomes.find('demo', old)).toBeUndefined();
  });

  it('counts as judged when it may be forgotten by then, so that its key is free again', async () => {
    const day = 24 * 60 * 60 * 1000;
    expect(await outcomes.isJudged('demo', commandIdAt(Date.now() - day + 60_000))).toBe(false);
    expect(await outcomes.isJudged('demo', commandIdAt(Date.now() - day - 1))).toBe(true);
  });
});
