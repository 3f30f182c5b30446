import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { authorOf, cut, emailOf, personName, usernameOf } from './git-identities.js';

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');

describe('the username of an address', () => {
  it.each([
    ['Jane@Example.COM', 'jane@example.com'],
    ['  jane@example.com\t', 'jane@example.com'],
    ['ｊｏｅ＠ｅｘａｍｐｌｅ．ｃｏｍ', 'joe@example.com'],
    ['\u00a0jane@example.com\u00a0', 'jane@example.com'],
    ['STRASSE@ÄÖÜ.DE', 'strasse@äöü.de'],
    ['two words', 'two words'],
    ['', '(none)'],
    [' \t ', '(none)'],
    ['(none)', '(none)'],
    ['joe@laptop.(none)', 'joe@laptop.(none)'],
    ['be\u0007ll@example.com', 'be\uFFFDll@example.com'],
    ['c1\u0085x', 'c1\uFFFDx'],
    ['a\u202eb@example.com', 'a\uFFFDb@example.com'],
    ['\u200b@example.com', '\u200b@example.com'],
    ['\u200b', `\u200b~${sha1('\u200b')}`],
    ['\u3164\ufe0f', `\u1160\ufe0f~${sha1('\u1160\ufe0f')}`],
  ])('%j is %j', (address, username) => {
    expect(usernameOf(address)).toBe(username);
  });

  it('is cut and marked where it is longer than 150 characters, differently for different addresses', () => {
    const [one, two] = [`${'x'.repeat(200)}1`, `${'x'.repeat(200)}2`];
    expect(usernameOf(one)).toBe(`${'x'.repeat(109)}~${sha1(one)}`);
    expect(usernameOf(one)).toHaveLength(150);
    expect(usernameOf(two)).not.toBe(usernameOf(one));
    expect(usernameOf('y'.repeat(150))).toBe('y'.repeat(150));
    expect(usernameOf(`${'x'.repeat(108)}${'😀'.repeat(50)}`)).toMatch(/^x{108}~[0-9a-f]{40}$/);
  });
});

describe('the e-mail of an address', () => {
  it.each(['jane@example.com', 'root@localhost', 'jörg@münchen.de', '"a,b"@x', `${'x'.repeat(200)}@example.com`])(
    '%s is itself',
    (address) => {
      expect(emailOf(address)).toBe(address);
      expect(emailOf(` ${address.toUpperCase()} `)).toBe(address);
    },
  );

  it.each([
    '\u200b@x',
    'j@\u115f.de',
    'j\u202ea@x',
    '(none)',
    'joe@laptop.(none)',
    'two words@x',
    'a@b@c',
    '@example.com',
    'jane@',
    'jane@.com',
    'j@x..de',
  ])('%s is a stand-in made of its hash', (address) => {
    expect(emailOf(address)).toBe(`${sha1(address)}@invalid.example`);
  });

  it('is a stand-in for an empty, a broken or an endless address', () => {
    expect(emailOf('')).toBe(`${sha1('(none)')}@invalid.example`);
    expect(emailOf('be\u0007ll@example.com')).toBe(`${sha1('be\u0007ll@example.com')}@invalid.example`);
    expect(emailOf(`${'y'.repeat(400)}@x`)).toBe(`${sha1(`${'y'.repeat(400)}@x`)}@invalid.example`);
  });
});

describe('the name of a person', () => {
  it.each([
    ['Jane Doe', 'Jane', 'Doe'],
    ['Jane van der Doe', 'Jane van der', 'Doe'],
    ['Doe, Jane', 'Jane', 'Doe'],
    ['Sam Doe, Jr.', 'Sam Doe,', 'Jr.'],
    ['jane', 'jane', ''],
    ['  Jane \t Doe ', 'Jane', 'Doe'],
    ['Ja\u0000ne\u001b Doe', 'Ja ne', 'Doe'],
    ['Ja\u202ene \u2066Doe', 'Ja\uFFFDne', '\uFFFDDoe'],
    ['', '', ''],
    [',', ',', ''],
    ['山田太郎', '山田太郎', ''],
  ])('%j is %j and %j', (name, firstName, lastName) => {
    expect(personName(name)).toEqual({ firstName, lastName });
  });

  it('is cut to what a user may have, without half characters', () => {
    const { firstName, lastName } = personName(`${'😀'.repeat(100)} ${'a'.repeat(149)}😀`);
    expect(firstName).toBe('😀'.repeat(75));
    expect(lastName).toBe('a'.repeat(149));
    expect(cut('a😀', 2)).toBe('a');
  });
});

describe('an author', () => {
  it('with nothing at all is still a valid user', () => {
    expect(authorOf('', '')).toEqual({
      username: '(none)',
      email: `${sha1('(none)')}@invalid.example`,
      firstName: '',
      lastName: '',
    });
  });
});
