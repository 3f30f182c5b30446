import { describe, expect, it } from '@jest/globals';
import { LogMismatch } from '#event-sourcing';
import { assertInside } from './records.js';

describe('where to go on in a partition', () => {
  const at = (position: number) => () => assertInside('notes', 0, position, { low: 5, high: 9 });

  it('is where the log has it, or ends', () => {
    expect([at(5)(), at(9)()]).toEqual([5, 9]);
  });

  it('is not behind its end: the views are of another log, and can be built anew from this one', () => {
    expect(at(10)).toThrow(LogMismatch);
    expect(at(10)).toThrow(
      /outside the log, which holds 5 to 9: it is another log, .* build the views anew from this one/,
    );
  });

  it('is not before its beginning: what is lost there no view can be built from', () => {
    expect(at(4)).toThrow(/outside the log, which holds 5 to 9: it has lost records; restore it$/);
  });
});
