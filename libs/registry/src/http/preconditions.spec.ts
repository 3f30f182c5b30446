import { describe, expect, it } from '@jest/globals';
import { isFresh, versionsOf } from './preconditions.js';

describe('If-Match', () => {
  it.each([
    [undefined, undefined],
    ['*', undefined],
    ['"3"', [3]],
    ['"3", "4"', [3, 4]],
    ['W/"3"', []],
    ['"abc"', []],
    ['3', []],
    ['', []],
  ])('%s names the versions %j', (header, versions) => {
    expect(versionsOf(header)).toEqual(versions);
  });
});

describe('If-None-Match', () => {
  it.each([
    [undefined, false],
    ['"2"', true],
    ['W/"2"', true],
    ['"1", "2"', true],
    ['*', true],
    ['"1"', false],
    ['2', false],
  ])('%s makes version 2 fresh: %s', (header, fresh) => {
    expect(isFresh(header, 2)).toBe(fresh);
  });
});
