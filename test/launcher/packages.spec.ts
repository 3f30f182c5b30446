import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { programOf } from '../../launcher/packages.ts';

describe('programs of other packages', () => {
  const path = process.env.PATH;
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'programs-'));
    process.env.PATH = [join(folder, 'nowhere'), folder].join(delimiter);
  });
  afterEach(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true });
  });

  const wanted = { name: 'no-such-package', programs: ['no-such-program', 'its-other-name'], onMac: '' };

  it('are not there where nothing of their name can be run', () => {
    writeFileSync(join(folder, 'no-such-program'), '');
    expect(programOf(wanted)).toBeUndefined();
  });

  it('are found by any of their names, anywhere on the PATH', () => {
    const program = join(folder, 'its-other-name');
    writeFileSync(program, '');
    chmodSync(program, 0o755);
    expect(programOf(wanted)).toBe(program);
  });
});
