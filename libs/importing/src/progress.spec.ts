import { describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { gitProgress } from './import-git.js';
import { progressDisplay } from './progress.js';

const progress = (accepted: number, total?: number) =>
  gitProgress({
    authors: { total: 3, new: 2, existing: 0, refused: 1 },
    commits: { read: accepted + 1, accepted, countedBefore: 0, refused: 1 },
    total,
  });

describe('progress', () => {
  it('is a line at most every second where there is no terminal', () => {
    const lines: string[] = [];
    let now = 0;
    const display = progressDisplay({ write: (line: string) => !!lines.push(line), isTTY: false }, 1_000, () => now);
    for (now of [1, 999, 1_000, 1_500, 2_000]) display.show(progress(now - 1, now === 2_000 ? 9_000 : undefined));
    display.end();
    expect(lines).toEqual([
      '1000 commits, 1000/s, 3 authors, 2 refused\n',
      '2000 of 9000 commits, 1000/s, 3 authors, 2 refused\n',
    ]);
  });

  it('is a bar on a terminal, which ends full', () => {
    let shown = '';
    const terminal = Object.assign(new PassThrough(), {
      isTTY: true,
      columns: 120,
      cursorTo: () => true,
      clearLine: () => true,
    });
    terminal.on('data', (chunk) => (shown += String(chunk)));
    const display = progressDisplay(terminal);
    display.show(progress(4));
    display.show(progress(9, 10));
    display.end();
    terminal.read();
    expect(shown).toMatch(/100% \| 10 of 10 commits \| \d+\/s \| 3 authors \| 2 refused/);
  });
});
