import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';

const namesIn = (file: string, pattern: RegExp) =>
  [...new Set([...readFileSync(file, 'utf8').matchAll(pattern)].map(([, name]) => name!))].sort();

describe('a setting', () => {
  const explained = namesIn('.env.example', /^#?([A-Z][A-Z_]+)=/gm);
  const listed = namesIn('docs/reference/settings.md', /`([A-Z][A-Z_]+)`(?=[^\n]*\|[^\n]*\|)/g);

  it('that apps read is explained in .env.example', () => {
    const read = [
      ...namesIn('libs/platform/src/config.ts', /^ {4}([A-Z][A-Z_]+):/gm),
      ...namesIn('libs/platform/src/kafka-access.ts', /^ {2}([A-Z][A-Z_]+):/gm),
    ];
    expect(read.length).toBeGreaterThan(25);
    expect(read.filter((name) => !explained.includes(name))).toEqual([]);
  });

  it('that is explained in .env.example is in the reference, and no other is', () => {
    expect(listed).toEqual(explained);
  });

  it('of the apps reaches them under docker compose', () => {
    // Those of one service alone stand further in.
    const passed = namesIn('docker-compose.yml', /^ {4}([A-Z][A-Z_]+):/gm);
    const read = namesIn('libs/platform/src/config.ts', /^ {4}([A-Z][A-Z_]+):/gm);
    // The servers are its own there, and speak among themselves.
    expect(read.filter((name) => !passed.includes(name))).toEqual(['REDIS_TLS_CA']);
  });
});
