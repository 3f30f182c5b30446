import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { parseExactly } from '../exact-json.js';
import { checkInput } from './input.js';

describe('a number where something else belongs', () => {
  const schema = z.strictObject({ name: z.string() });

  it.each(['1', '1524831183200260097', '1.0', '1e-400'])('is called a number, however it is written: %s', (number) => {
    const detail = 'Invalid input: expected string, received number';
    expect(() => checkInput('body', schema, parseExactly(`{"name":${number}}`))).toThrow(
      expect.objectContaining({ more: { errors: [{ pointer: '/name', code: 'invalid', detail }] } }),
    );
  });
});
