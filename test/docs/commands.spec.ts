import { describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';

const wordsIn = (file: string, pattern: RegExp) =>
  [...readFileSync(file, 'utf8').matchAll(pattern)].flatMap(([, words]) => words!.trim().split(' '));

describe('the reference of the command line', () => {
  it('has a line for each command', () => {
    const commands = globSync('apps/cli/src/{command-line,commands/*}.ts').flatMap((file) =>
      wordsIn(file, /\.command\('([a-z]+)/g),
    );
    expect(commands.length).toBeGreaterThan(10);
    const explained = wordsIn('docs/reference/command-line.md', /^\| `((?:[a-z]+ ?)+)/gm);
    expect(commands.filter((command) => !explained.includes(command))).toEqual([]);
  });
});
