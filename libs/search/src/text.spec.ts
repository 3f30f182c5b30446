import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fieldsIn, fold, MARK, marked, namesIn, searchTextOf, wordsOfQuery } from './text.js';

describe('fold', () => {
  it.each([
    ['JANE', 'jane'],
    ['Zoë Ångström', 'zoe angstrom'],
    ['Łukasz Ørsted', 'lukasz orsted'],
    ['Straße STRASSE ẞ', 'strasse strasse ss'],
    ['Æneas Œuvre Þór Đặng', 'aeneas oeuvre thor dang'],
    ['İstanbul Iğdır', 'istanbul igdir'],
    ['ΣΊΣΥΦΟΣ Σίσυφος', 'σισυφοσ σισυφοσ'],
    ['ﬁ Ⅷ ｊａｎｅ', 'fi viii jane'],
    ['Йод Ёлка', 'иод елка'],
    ['jan\u00ade\u200b', 'jane'],
  ])('makes %s into %s', (text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  it.each([
    ['שָׁלוֹם', 'שלום'],
    ['مُحَمَّد', 'محمد'],
    ['ก้อง', 'กอง'],
    ['फ़िरोज़', 'फिरोज'],
    ['О\u0301льга', 'ольга'],
  ])('passes over the marks of %s', (text, plain) => {
    expect(fold(text)).toBe(fold(plain));
  });

  it('keeps what takes room of its own', () => {
    expect(fold('राम')).toBe('राम');
    expect(fold('김')).toBe('김');
  });

  it.each([
    ["O'Brien", ['O\u2019Brien', 'O\u2018Brien', 'O\u02bcBrien', 'O\uff07Brien', 'O`Brien', 'O\u2032Brien']],
    [
      'Jean-Luc',
      ['Jean\u2010Luc', 'Jean\u2011Luc', 'Jean\u2013Luc', 'Jean\u2014Luc', 'Jean\u2212Luc', 'Jean\uff0dLuc'],
    ],
    ['"Jo"', ['\u201cJo\u201d', '\u201eJo\u201c', '\u00abJo\u00bb', '\uff02Jo\uff02', '\u300cJo\u300d']],
  ])('makes no difference between %s and its typographic forms', (plain, forms) => {
    for (const form of forms) expect({ form, folded: fold(form) }).toEqual({ form, folded: fold(plain) });
  });

  it('changes nothing that is folded', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => fold(fold(text)) === fold(text)));
  });

  it('makes no difference between a text in its composed and its decomposed form', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => fold(text.normalize('NFD')) === fold(text)));
  });
});

describe('the words of a query', () => {
  it('are parted by white space of any kind', () => {
    expect(wordsOfQuery("Jane\u00a0Smith\tO'Brien\u3000a@b.c")).toEqual(['jane', 'smith', "o'brien", 'a@b.c']);
  });

  it.each([
    ['Doe, Jane', ['doe', 'jane']],
    ['"Jane Doe"', ['jane', 'doe']],
    ['Jane Doe <jane@example.com>', ['jane', 'doe', 'jane@example.com']],
    ['@jane', ['jane']],
    ['\u00bfJane? (Doe);', ['jane', 'doe']],
    ["O'Brien-Smith", ["o'brien-smith"]],
    ['100% _x_ a\\', ['100%', '_x_', 'a\\']],
    ['Doe,Jane;Smith\u3001Lee\uff0cKim', ['doe', 'jane', 'smith', 'lee', 'kim']],
    ['Jane & Doe \u2013 Smith', ['jane', 'doe', 'smith']],
    ['j.doe@example.com', ['j.doe@example.com']],
    ['% .* "', ['%']],
    ['.* "', ['.*', '"']],
    [',', [',']],
  ])('are those of %s without the punctuation around them', (query, words) => {
    expect(wordsOfQuery(query)).toEqual(words);
  });

  it('are none where only accents are left', () => {
    expect(wordsOfQuery('´ \u0301')).toEqual([]);
  });
});

describe("a user's details", () => {
  const text = searchTextOf({
    username: ' jane_smith42',
    email: 'J.Smith@example.com',
    firstName: 'Mary Jane',
    lastName: '',
  });

  it('are trimmed, between edges, with a mark before each word inside', () => {
    const inside = (field: string) => field.replaceAll('|', MARK);
    expect(fieldsIn(text)).toEqual(
      ['jane_|smith42', 'j.|smith@|example.|com', 'mary |jane', ''].map((field) => inside(field)),
    );
  });

  it('have the names that a misspelt word may have meant', () => {
    expect([...namesIn(text)]).toEqual(['jane', 'smith', 'example', 'com', 'mary']);
  });

  it('hold any piece of a field as a word of a query is marked', () => {
    const field = fc.string({ unit: fc.constantFrom('a', '7', '.', '-', 'é'), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(field, fc.nat(11), fc.nat(12), (username, start, end) => {
        const folded = fold(username);
        const whole = searchTextOf({ username, email: '', firstName: '', lastName: '' });
        expect(whole).toContain(marked(folded.slice(start, end)));
      }),
    );
  });
});
