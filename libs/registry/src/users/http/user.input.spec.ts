import { describe, expect, it } from '@jest/globals';
import { NamedInput } from '../../workspaces/http/workspaces.input.js';
import { UserInput, UserPatch } from './user.input.js';

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
        expect(error?.issues).toEqual([
          expect.objectContaining({ message: expect.stringMatching(/characters$/), path: [field] }),
        ]);
      }
      expect(NamedInput.safeParse({ name: text }).error?.issues).toEqual([
        expect.objectContaining({ message: 'must be 1 to 150 characters' }),
      ]);
    },
  );
});

const pathsOf = (schema: typeof UserInput | typeof UserPatch | typeof NamedInput, value: unknown) =>
  schema.safeParse(value).error?.issues.map(({ path }) => path.join('/'));

describe('the texts of a user', () => {
  it.each(['\u200b', '\u200b\u2060\ufeff', '\u3164', '\u2800', '\ufe0f', ' \u00a0', '\u0301', '\u{e0041}'])(
    'are seen where there has to be one: %j',
    (text) => {
      expect(pathsOf(UserInput, { ...jane, username: text, firstName: text, lastName: text })).toEqual(['username']);
      expect(pathsOf(UserPatch, { username: text })).toEqual(['username']);
      expect(pathsOf(NamedInput, { name: text })).toEqual(['name']);
      expect(pathsOf(UserInput, { ...jane, email: `${text}@example.com` })).toEqual(['email']);
      expect(pathsOf(UserInput, { ...jane, email: `jane@${text}.com` })).toEqual(['email']);
    },
  );

  it.each(['\u202e', '\u202a', '\u2066', '\u2069'])('turn no direction: %j', (character) => {
    const text = `evil${character}txt`;
    const user = { username: text, email: `${text}@example.com`, firstName: text, lastName: text };
    expect(pathsOf(UserInput, user)).toEqual(['username', 'email', 'firstName', 'lastName']);
    expect(pathsOf(UserPatch, user)).toEqual(['username', 'email', 'firstName', 'lastName']);
    expect(pathsOf(NamedInput, { name: text })).toEqual(['name']);
  });

  it('are as long as they look', () => {
    const names = { username: '😀'.repeat(150), firstName: '😀'.repeat(150), lastName: '𝒥'.repeat(150) };
    expect(pathsOf(UserInput, { ...jane, ...names })).toBeUndefined();
    expect(pathsOf(NamedInput, { name: '😀'.repeat(150) })).toBeUndefined();
    expect(pathsOf(UserInput, { ...jane, email: `${'😀'.repeat(250)}@x.y` })).toBeUndefined();
    expect(pathsOf(UserInput, { ...jane, email: `${'😀'.repeat(251)}@x.y` })).toEqual(['email']);
    expect(pathsOf(UserInput, { ...jane, username: '😀'.repeat(151) })).toEqual(['username']);
  });
});

describe('an e-mail address', () => {
  it.each([
    'root@localhost',
    'a@b',
    'jane@example.com',
    'jörg@münchen.de',
    'o’brien+x@a-b.c_d',
    'ｊａｎｅ＠ｘ．ｙ',
    ' a@b ',
  ])('is local@domain, the domain one or more labels: %j', (email) =>
    expect(pathsOf(UserInput, { ...jane, email })).toBeUndefined(),
  );

  it.each(['a@', '@b', 'ab', 'a b@c', 'a@b@c', 'a@b..c', 'a@.b', 'a@b.', 'a@b c', 'a@[127.0.0.1]', '   '])(
    'is not %j',
    (email) => expect(pathsOf(UserInput, { ...jane, email })).toEqual(['email']),
  );
});

describe('null', () => {
  const defaults = { firstName: '', lastName: '', isActive: true, profile: {} };
  const nulls = { firstName: null, lastName: null, isActive: null, profile: null };

  it('is left out wherever a field may be left out', () => {
    expect(UserInput.parse({ ...jane, ...nulls })).toEqual({ ...jane, ...defaults });
    expect(UserInput.parse(jane)).toEqual({ ...jane, ...defaults });
    expect(UserPatch.parse(nulls)).toEqual({ ...defaults, profile: null });
  });

  it('is refused where there has to be something', () => {
    expect(pathsOf(UserInput, { username: null, email: null })).toEqual(['username', 'email']);
    expect(pathsOf(UserPatch, { username: null, email: null })).toEqual(['username', 'email']);
    expect(pathsOf(NamedInput, { name: null })).toEqual(['name']);
  });
});
