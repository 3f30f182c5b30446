import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lastChange, needsBuild } from '../../launcher/build.ts';

describe('the build', () => {
  let folder: string;
  const age = (path: string, seconds: number) => utimesSync(path, seconds, seconds);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'build-'));
    mkdirSync(join(folder, 'src'));
    writeFileSync(join(folder, 'src', 'main.ts'), '');
    writeFileSync(join(folder, 'src', 'other.ts'), '');
    age(join(folder, 'src', 'main.ts'), 1_000);
    age(join(folder, 'src', 'other.ts'), 2_000);
    age(join(folder, 'src'), 1_000);
    age(folder, 1_000);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is done where there is none yet', () => {
    expect(needsBuild(undefined, 0)).toBe(true);
  });

  it('is done again when a source changed while it was reading them, or later', () => {
    expect(needsBuild(2_000, 2_000)).toBe(true);
    expect(needsBuild(2_000, 2_001)).toBe(true);
    expect(needsBuild(2_000, 1_999)).toBe(false);
  });

  it('finds the latest change in any depth', () => {
    expect(lastChange([folder])).toBe(2_000_000);
  });

  it('notices a deleted file', () => {
    rmSync(join(folder, 'src', 'main.ts'));
    expect(lastChange([folder])).toBeGreaterThan(2_000_000);
  });

  it('takes a missing path for unchanged', () => {
    expect(lastChange([join(folder, 'no such folder')])).toBe(0);
  });
});
