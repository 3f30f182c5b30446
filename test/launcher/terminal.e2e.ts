import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { read } from '../../launcher/claim.ts';
import { root, throwAwayFolder } from '../../launcher/paths.ts';
import { runs } from '../../launcher/process-identity.ts';
import { Clone } from '../support/clone.js';
import { eventually } from '../support/eventually.js';
import { Launch } from '../support/launch.js';
import { freshNamespace } from '../support/namespaces.js';
import { SilentServer } from '../support/silent-server.js';

// Starts take their time on a machine that is busy with other tests.
jest.setTimeout(120_000);

// What the person who pressed it puts up with.
const endedWithinMs = 10_000;

describe('npm start in a terminal', () => {
  let clone: Clone;
  let launch: Launch | undefined;
  // A broker of its own would only make this slower.
  beforeAll(() => {
    clone = new Clone({ DATABASE_URL: '', REDIS_URL: '', TIDEMARK_NAMESPACE: freshNamespace() }, ['dist']);
  });
  afterEach(() => launch?.kill());
  afterAll(() => clone.remove());

  const starts = (name: string) =>
    eventually(() => expect(clone.claim?.started.map((started) => started.name)).toContain(name), { within: 100_000 });

  // Each of them is the next start after the one before it was interrupted.
  it.each(['the compiler', 'initdb', 'projector', 'api'])(
    'ends at Ctrl-C while it waits for %s, and leaves nothing behind',
    async (name) => {
      launch = clone.startInTerminal();
      await starts(name);
      expect(await launch.stop(endedWithinMs)).toBe(0);
      expect(clone.claim).toBeUndefined();
      expect(clone.running).toEqual([]);
      clone.complete();
    },
  );

  it('comes to its address after all that, and ends at Ctrl-C', async () => {
    launch = clone.startInTerminal();
    const [, url] = await launch.saying(/is ready on (\S+) /);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect(await launch.stop(endedWithinMs)).toBe(0);
    expect(clone.claim).toBeUndefined();
    expect(clone.running).toEqual([]);
  });
});

describe('npm start in a terminal, in a fresh clone', () => {
  it('ends at Ctrl-C while packages are installed, and the next start installs them anew', async () => {
    const registry = await SilentServer.listen();
    const clone = new Clone({}, ['node_modules']);
    const env = { npm_config_registry: `http://${registry.address}`, npm_config_cache: join(clone.folder, 'cache') };
    const launch = Launch.inTerminal('npm start', clone.folder, { ...process.env, ...env });
    try {
      await registry.asked;
      expect(await launch.stop(endedWithinMs)).toBe(130);
      expect(clone.running).toEqual([]);
      const again = Launch.inTerminal('npm start', clone.folder, { ...process.env, ...env });
      await again.saying(/Installing packages/);
      expect(await again.stop(endedWithinMs)).toBe(130);
    } finally {
      launch.kill();
      registry.close();
      await clone.remove();
    }
  });
});

describe('npm test in a terminal', () => {
  let launch: Launch;
  afterEach(() => launch.kill());

  const folders = () => (existsSync(throwAwayFolder) ? readdirSync(throwAwayFolder) : []);

  it('ends by itself with the summary', async () => {
    launch = Launch.inTerminal('npm test -- user.decider', root, process.env);
    expect(await launch.exitCode).toBe(0);
    expect(launch.said).toMatch(/\d+ passed, 0 failed\s/);
  });

  it('ends at Ctrl-C in the middle, and leaves nothing behind', async () => {
    const before = folders();
    const claims = () => {
      const added = folders().filter((name) => name.startsWith('test-') && !before.includes(name));
      return added
        .map((name) => join(throwAwayFolder, name, 'launcher.json'))
        .map((path) => ({ path, claim: read(path) }));
    };
    launch = Launch.inTerminal('npm test -- decider', root, process.env);
    const { path, claim } = await eventually(() => {
      const [ours] = claims();
      expect(ours?.claim?.started.map(({ name }) => name)).toContain('jest');
      return ours!;
    });
    expect(await launch.stop(endedWithinMs)).toBe(130);
    expect([claim!.launcher, claim!.guardian!, ...claim!.started].filter((process) => runs(process))).toEqual([]);
    expect(existsSync(path)).toBe(false);
  });
});
