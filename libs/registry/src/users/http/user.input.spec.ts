import { describe, expect, it } from '@jest/globals';
import { NamedInput } from '../../workspaces/http/workspaces.input.js';
import { UserInput } from './user.input.js';

/** Longer than an expression's stack. */
const LENGTH = 8 * 1024 * 1024;
const jane = { username: 'jane', email: 'jane@example.com' };

describe('a text without end', () => {
  it.each(['x', 'é', '.', '@', ' ', '\u0000', '\ud800'])(
    'is refused for its length, before any pattern: %j',
    (part) => {
      const text = part.repeat(LENGTH);
      for (const field of ['username', 'email', 'firstName', 'lastName']) {
        const { error } = UserInput.safeParse({ ...jane, [field]: text });
        expect(error?.issues).toEqual([expect.objectContaining({ code: 'too_big', path: [field] })]);
      }
      expect(NamedInput.safeParse({ name: text }).error?.issues).toEqual([
        expect.objectContaining({ code: 'too_big' }),
      ]);
    },
  );
});
