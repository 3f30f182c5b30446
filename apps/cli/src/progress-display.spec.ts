import { describe, expect, it } from '@jest/globals';
import { type Progress } from '#importing';
import { type ReplayProgress } from '#projections';
import { ProgressDisplay } from './progress-display.js';

/** A display where there is no terminal, and the lines that it has written. */
function inLog(now: () => number) {
  const lines: string[] = [];
  return {
    lines,
    display: new ProgressDisplay({ isTTY: false, write: (text: string) => !!lines.push(text) }, 1_000, now),
  };
}

/** A display on a terminal, and all that it has drawn. */
function onTerminal() {
  const drawn: string[] = [];
  const terminal = { isTTY: true, columns: 200, write: (text: string) => !!drawn.push(text) };
  return { drawn: () => drawn.join(''), display: new ProgressDisplay(terminal) };
}

describe('the display of an import', () => {
  const progress = (done: number, total?: number): Progress => ({
    done,
    whole: total ?? done + 1,
    count: done,
    counted: `${done}${total ? ` of ${total}` : ''} commits`,
    more: ['3 authors', '2 refused'],
  });

  it('writes a line at most every second where there is no terminal', () => {
    let now = 0;
    const { lines, display } = inLog(() => now);
    for (now of [1, 999, 1_000, 1_500, 2_000]) display.showImport(progress(now, now === 2_000 ? 9_000 : undefined));
    display.end();
    expect(lines).toEqual([
      '1000 commits, 1000/s, 3 authors, 2 refused\n',
      '2000 of 9000 commits, 1000/s, 3 authors, 2 refused\n',
    ]);
  });

  it('draws a bar on a terminal, which ends full', () => {
    const { drawn, display } = onTerminal();
    display.showImport(progress(5));
    display.showImport(progress(10, 10));
    display.end();
    expect(drawn()).toMatch(/100% \| 10 of 10 commits \| \d+\/s \| 3 authors \| 2 refused/);
  });
});

describe('the display of a replay', () => {
  const loading = (position: number, phase: ReplayProgress['phase'] = 'loading'): ReplayProgress => ({
    view: 'activities',
    phase,
    partitions: [
      { partition: 0, position, end: 1_000 },
      { partition: 1, position: 500, end: 1_000 },
    ],
  });

  it('writes a line each second where there is no terminal: done, rate, time left, and each partition', () => {
    let now = 0;
    const { lines, display } = inLog(() => now);
    for (const position of [0, 100, 200, 300, 400, 500]) {
      display.showReplay(loading(position));
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
    const { lines, display } = inLog(() => 0);
    display.showReplay(loading(0));
    display.showReplay(loading(1_000, 'indexing'));
    display.showReplay(loading(1_000, 'indexing'));
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/^activities: indexing, 1500 of 2000 records/);
  });

  it('draws a bar for each partition on a terminal, and nothing over what is said after the end', () => {
    const { drawn, display } = onTerminal();
    display.showReplay(loading(250));
    display.end();
    const atEnd = drawn();
    display.end();
    expect(drawn()).toBe(atEnd);
    expect(drawn()).toMatch(/activities\/0 .* 25% \| 250 of 1000 \| 0\/s \| \? left \| loading/);
    expect(drawn()).toMatch(/activities\/1 .* 50%/);
  });
});
