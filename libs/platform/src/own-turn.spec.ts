import { describe, expect, it } from '@jest/globals';
import { ownTurn } from './own-turn.js';

describe('work in a turn of its own', () => {
  it('leaves a turn for everybody else between any two pieces', async () => {
    const done: string[] = [];
    const others = (n: number) => {
      done.push('others');
      if (n > 0) setImmediate(others, n - 1);
    };
    setImmediate(others, 6);
    const request = async (name: string) => {
      for (let piece = 0; piece < 3; piece += 1) {
        await ownTurn();
        done.push(name);
      }
    };
    await Promise.all([request('a'), request('b')]);
    const pieces = done
      .join(' ')
      .split(/(?:others ?)+/)
      .map((part) => part.trim());
    expect(pieces.filter(Boolean)).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  });
});
