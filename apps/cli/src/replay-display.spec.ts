import { describe, expect, it } from '@jest/globals';
import { type ReplayProgress } from '#projections';
import { replayDisplay } from './replay-display.js';

const loading = (position: number, phase: ReplayProgress['phase'] = 'loading'): ReplayProgress => ({
  view: 'activities',
  phase,
  partitions: [
    { partition: 0, position, end: 1_000 },
    { partition: 1, position: 500, end: 1_000 },
  ],
});

describe('the display of a replay', () => {
  it('writes a line each second where there is no terminal: done, rate, time left, and each partition', () => {
    let now = 0;
    const lines: string[] = [];
    const display = replayDisplay({ isTTY: false, write: (text: string) => !!lines.push(text) }, 1_000, () => now);
    for (const position of [0, 100, 200, 300, 400, 500]) {
      display.show(loading(position));
      now += 500;
    }
    display.end();
    expect(lines).toEqual([
      'activities: loading, 500 of 2000 records, 0/s, ? left (0:0 1:500)\n',
      'activities: loading, 700 of 2000 records, 200/s, 7s left (0:200 1:500)\n',
      'activities: loading, 900 of 2000 records, 200/s, 6s left (0:400 1:500)\n',
    ]);
  });

  it('tells of a new phase at once', () => {
    const lines: string[] = [];
    const display = replayDisplay({ isTTY: false, write: (text: string) => !!lines.push(text) }, 1_000, () => 0);
    display.show(loading(0));
    display.show(loading(1_000, 'indexing'));
    display.show(loading(1_000, 'indexing'));
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/^activities: indexing, 1500 of 2000 records/);
  });

  it('draws a bar a partition on a terminal', () => {
    let drawn = '';
    const terminal = { isTTY: true, columns: 200, write: (text: string) => !!(drawn += text) };
    const display = replayDisplay(terminal);
    display.show(loading(250));
    display.end();
    // What is said after the end is not drawn over.
    const atEnd = drawn;
    display.end();
    expect(drawn).toBe(atEnd);
    expect(drawn).toMatch(/activities\/0 .* 25% \| 250 of 1000 \| 0\/s \| \? left \| loading/);
    expect(drawn).toMatch(/activities\/1 .* 50%/);
  });
});
