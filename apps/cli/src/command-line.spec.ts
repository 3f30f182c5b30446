import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SCOPES, tokenVerifier } from '#platform';
import { runCommandLine } from './command-line.js';

const secret = 'a secret of more than thirty-two bytes';
let stateFolder: string;
beforeEach(() => void (stateFolder = mkdtempSync(join(tmpdir(), 'tidemark-cli-'))));
afterEach(() => rmSync(stateFolder, { recursive: true }));

async function run(args: string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const to = (name: 'out' | 'err') => ({ isTTY: false, write: (text: string) => !!(written[name] += text) });
  const code = await runCommandLine(args, { env, stateFolder, out: to('out'), err: to('err') });
  return { code, ...written };
}

const remember = (run: object) => writeFileSync(join(stateFolder, 'run.json'), JSON.stringify(run));

describe('tidemark token', () => {
  const verify = tokenVerifier({ secrets: [secret] });
  const claimsOf = async (out: string) => verify(out.trim());

  it('prints a token alone, with all scopes, good for an hour', async () => {
    const { code, out, err } = await run(['token', '--environment', 'demo'], { AUTH_JWT_SECRET: secret });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const { environments, scopes, expiresAt, subject } = await claimsOf(out);
    expect({ environments, subject }).toEqual({ environments: ['demo'], subject: 'tidemark-cli' });
    expect([...scopes]).toEqual([...SCOPES]);
    expect(expiresAt / 1000 - Date.now() / 1000).toBeCloseTo(3600, -1);
  });

  it('takes environments and scopes repeated or in a list, a time to live and a subject', async () => {
    const environments = ['--environment', 'a,b', '--environment', 'c'];
    const scopes = ['--scope', 'users:read', '--scope', 'users:write,activities:read statistics:read'];
    const rest = ['--ttl', '2d', '--subject', 'jane'];
    const { out } = await run(['token', ...environments, ...scopes, ...rest], { AUTH_JWT_SECRET: secret });
    const claims = await claimsOf(out);
    expect(claims).toMatchObject({ environments: ['a', 'b', 'c'], subject: 'jane' });
    expect([...claims.scopes]).toEqual(['users:read', 'users:write', 'activities:read', 'statistics:read']);
    expect(claims.expiresAt / 1000 - Date.now() / 1000).toBeCloseTo(2 * 24 * 3600, -1);
  });

  it('signs with the secret that npm start keeps, wherever that is noted', async () => {
    writeFileSync(join(stateFolder, 'jwt-secret'), `${secret}\n`);
    expect((await claimsOf((await run(['token', '--environment', 'x'])).out)).environments).toEqual(['x']);
    const other = 'another secret that is long enough too';
    writeFileSync(join(stateFolder, 'elsewhere'), other);
    remember({ jwtSecretFile: join(stateFolder, 'elsewhere') });
    const { out } = await run(['token', '--environment', 'x']);
    expect((await tokenVerifier({ secrets: [other] })(out.trim())).environments).toEqual(['x']);
  });

  it('names the issuer and the audience that the service checks', async () => {
    const env = { AUTH_JWT_SECRET: secret, AUTH_ISSUER: 'https://issuer', AUTH_AUDIENCE: 'tidemark' };
    const { out } = await run(['token', '--environment', 'x'], env);
    const strict = tokenVerifier({ secrets: [secret], issuer: 'https://issuer', audience: 'tidemark' });
    expect((await strict(out.trim())).environments).toEqual(['x']);
  });

  it.each([
    [{}, /^Set AUTH_JWT_SECRET, or start Tidemark once .*\n$/],
    [{ AUTH_JWT_SECRET: 'short' }, /^AUTH_JWT_SECRET takes at least 32 bytes\.\n$/],
    [{ AUTH_JWKS_URL: 'https://issuer/jwks' }, /^Tokens come from the issuer behind AUTH_JWKS_URL.*\n$/],
  ])('says in one sentence why there is none with %j', async (env, said) => {
    const { code, out, err } = await run(['token', '--environment', 'x'], env);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(said);
  });
});

describe('wrong usage', () => {
  it.each([
    [['token'], /required option '--environment <id>'/],
    [['token', '--environment', 'no spaces'], /An environment is 1 to 64/],
    [['token', '--environment', 'a,'], /An environment is 1 to 64/],
    [['token', '--environment', 'a', '--scope', 'everything'], /There is no scope "everything"; there are: users:read/],
    [['token', '--environment', 'a', '--ttl', '1'], /It is a number and s, m, h or d/],
    [['token', '--environment', 'a', '--ttl', '99999999d'], /It is a number and s, m, h or d/],
    [['token', '--environment', 'a', '--subject', ''], /It must not be empty/],
    [['token', '--environment', 'a', '--wat'], /unknown option '--wat'/],
    [['import', 'git', '--environment', 'a'], /missing required argument 'repository'/],
    [['import', 'git', '.'], /required option '--environment <id>'/],
    [['import', 'ndjson', '--environment', 'a'], /missing required argument 'file'/],
    [['import', 'ndjson', '-'], /required option '--environment <id>'/],
    [['import', 'ndjson', '-', '--environment', 'a', '--source', ''], /It must not be empty/],
    [['erase', '--environment', 'a'], /required option '--user <id>'/],
    [['erase', '--environment', 'a', '--user', 'jane'], /It is a whole number/],
    [['deadletters', 'skip', 'nowhere', '0', '1'], /Allowed choices are registry, activities/],
    [['deadletters', 'show', 'registry', '0', '-'], /It is a whole number/],
    [['deadletters', 'retry', '--limit', '1.5'], /It is a whole number/],
    [['deadletters'], /Usage: tidemark deadletters/],
    [['fly'], /unknown command 'fly'/],
    [[], /Usage: tidemark/],
  ])('%j is told and ends with 2', async (args, said) => {
    const { code, out, err } = await run(args, { AUTH_JWT_SECRET: secret });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(said);
  });

  it('is not a question for help, which ends with 0', async () => {
    for (const kind of ['git', 'ndjson']) {
      const { code, out } = await run(['import', kind, '--help']);
      expect(code).toBe(0);
      expect(out).toMatch(/--environment <id>/);
    }
  });
});

describe('a command without its servers', () => {
  it('says what to set', async () => {
    for (const command of [['migrate'], ['status'], ['deadletters', 'list']]) {
      expect(await run(command)).toMatchObject({ code: 1, err: expect.stringMatching(/^Set KAFKA_BROKERS, .*\n$/) });
    }
    const importing = await run(['import', 'git', '.', '--environment', 'a'], { AUTH_JWT_SECRET: secret });
    expect(importing).toMatchObject({ code: 1, err: expect.stringMatching(/^Set TIDEMARK_URL, .*\n$/) });
  });

  it('never mixes servers of the environment with those of npm start', async () => {
    remember({ kafkaBrokers: '127.0.0.1:9', databaseUrl: 'postgres://127.0.0.1:9/x', redisUrl: 'redis://127.0.0.1:9' });
    const { code, err } = await run(['status'], { KAFKA_BROKERS: '127.0.0.1:10', AUTH_JWT_SECRET: secret });
    expect(code).toBe(1);
    expect(err).toMatch(/DATABASE_URL: is not set\n\s+REDIS_URL: is not set/);
  });

  it('finds the others where those that are named are what npm start was given', async () => {
    remember({ kafkaBrokers: '127.0.0.1:9', databaseUrl: 'postgres://127.0.0.1:9/x', redisUrl: 'redis://127.0.0.1:9' });
    const given = { DATABASE_URL: 'postgres://127.0.0.1:9/x', AUTH_JWT_SECRET: secret };
    const { out } = await run(['status', '--json'], given);
    expect(Object.keys((JSON.parse(out) as { servers: object }).servers)).toEqual(['kafka', 'postgres', 'redis']);
  });

  it('says in one sentence that there is no service, or nothing to import', async () => {
    const env = { AUTH_JWT_SECRET: secret, TIDEMARK_URL: 'http://127.0.0.1:9', PATH: process.env.PATH };
    expect((await run(['import', 'git', '/nowhere', '--environment', 'a'], env)).err).toBe(
      'There is no folder /nowhere.\n',
    );
    expect((await run(['import', 'ndjson', '/nowhere', '--environment', 'a'], env)).err).toBe(
      'There is no file /nowhere.\n',
    );
    const { code, err } = await run(['import', 'git', process.cwd(), '--environment', 'a'], env);
    expect(code).toBe(1);
    expect(err).toMatch(/^The service at http:\/\/127\.0\.0\.1:9\/ does not answer \(.*\)\. Is it running\?\n$/);
  });
});
