import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { composeVariables } from '../../launcher/docker.ts';
import { root } from '../../launcher/paths.ts';

const compose = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const variables = [...compose.matchAll(/\$\{(\w+):([?-])([^}]*)/g)].map(([, name = '', kind, value]) => {
  return { name, kind, value };
});

describe('docker-compose.yml', () => {
  it('has no default for anything that is secret', () => {
    const secret = variables.filter(({ name }) => /PASSWORD|SECRET/.test(name));
    expect(new Set(secret.map(({ name }) => name)).size).toBe(4);
    // One that may be left out, since public keys can stand for it, is empty then.
    expect(secret.filter(({ kind, value }) => kind === '-' && value !== '')).toEqual([]);
  });

  it('is told all that it asks for by npm start', () => {
    const ports = { kafka: 1, postgres: 2, redis: 3 };
    const told = composeVariables(ports, { admin: 'a', apps: 'b', redis: 'c' });
    const demanded = variables.filter(({ kind }) => kind === '?').map(({ name }) => name);
    expect(Object.keys(told)).toEqual(expect.arrayContaining(demanded));
  });

  it('runs images that are pinned by digest', () => {
    const images = [...compose.matchAll(/^ +image: (.+)$/gm)].map(([, image]) => image);
    expect(images).toHaveLength(3);
    for (const image of images) expect(image).toMatch(/^[\w./]+:[\d.]+(-\w+)?@sha256:[0-9a-f]{64}$/);
  });
});
