import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { notesFold } from '../test/notes.js';
import { type Projecting, projecting } from '../test/projecting.js';
import { logOf } from '../test/stories.js';
import { listDeadLetters } from './dead-letter-commands.js';

describe('the dead letters of an environment', () => {
  let views: Projecting;
  beforeEach(() => void (views = projecting(process.env.DATABASE_URL!)));
  afterEach(() => views.close());

  it.each([
    ['a', ['a', 'a/1']],
    ['ab', ['ab', 'ab/1']],
    ['c', []],
    ['%', []],
    ['a_', []],
  ])('are those of %j alone, and not of one whose name only begins so', async (environment, own) => {
    const keys = ['a', 'a/1', 'ab', 'ab/1', 'b/a', 'A/1', '/a'];
    const owner = await views.owner(notesFold(views.namespace));
    await owner.apply(logOf(keys.map((key) => [key, 'unreadable'])));
    const letters = await listDeadLetters(views.postgres, 'registry', { environment, limit: 100 });
    expect(letters.map(({ key }) => key)).toEqual(own);
    expect(await listDeadLetters(views.postgres, 'registry', { limit: 100 })).toHaveLength(keys.length);
  });
});
