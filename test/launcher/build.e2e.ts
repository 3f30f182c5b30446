import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Clone } from '../support/clone.js';

// Compilers take their time on a machine that is busy with other tests.
jest.setTimeout(120_000);

describe('the build', () => {
  let clone: Clone;
  const path = (file: string) => join(clone.folder, file);
  const source = () => path('apps/api/src/main.ts');
  const output = () => path('dist/apps/api/src/main.js');
  beforeEach(() => {
    clone = new Clone({}, ['apps', 'dist', 'libs']);
    mkdirSync(dirname(source()), { recursive: true });
    writeFileSync(source(), 'export const tide = "low";');
  });
  afterEach(() => clone.remove());

  const build = (env: NodeJS.ProcessEnv = {}) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [path('launcher/main.ts'), 'build'], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
    return { status, said: stdout + stderr };
  };
  const built = () => readFileSync(output(), 'utf8');

  it('compiles what there is, and then what has changed', () => {
    expect(build().status).toBe(0);
    expect(built()).toContain('low');
    writeFileSync(source(), 'export const tide = "high";');
    expect(build().status).toBe(0);
    expect(built()).toContain('high');
  });

  it('compiles anew what changed while it was under way', () => {
    const whileItWrites = path('while-it-writes.cjs');
    writeFileSync(
      whileItWrites,
      onFirstOutput(`fs.writeFileSync('apps/api/src/main.ts', 'export const tide = "high";')`),
    );
    expect(build({ NODE_OPTIONS: `--require ${whileItWrites}` }).status).toBe(0);
    expect(built()).toContain('low');
    expect(build().status).toBe(0);
    expect(built()).toContain('high');
  });

  it('is done anew where an output was deleted', () => {
    expect(build().status).toBe(0);
    rmSync(output());
    expect(build().status).toBe(0);
    expect(built()).toContain('low');
  });

  it('is refused as long as there are errors, and says which', () => {
    writeFileSync(source(), 'export const tide: number = "low";');
    for (let times = 0; times < 2; times++) {
      expect(build()).toEqual({ status: 1, said: expect.stringMatching(/The build failed:\napps\/api.+TS2322/) });
    }
    writeFileSync(source(), 'export const tide: number = 1;');
    expect(build().status).toBe(0);
  });
});

/** Of the compiler alone, before it writes the first of its outputs. */
function onFirstOutput(statement: string): string {
  return `
    const fs = require('fs');
    const open = fs.openSync;
    if (process.argv[1].endsWith('tsc')) {
      fs.openSync = (path, flags, ...others) => {
        if (flags === 'w') {
          fs.openSync = open;
          ${statement};
        }
        return open(path, flags, ...others);
      };
    }`;
}
