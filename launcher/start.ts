import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Address, chooseAddress } from './address.ts';
import { appCommand, startApp } from './apps.ts';
import { build } from './build.ts';
import { appEnvironment } from './environment.ts';
import { root } from './paths.ts';
import { say, step } from './progress.ts';
import { Refusal } from './refusal.ts';
import { replayMissing } from './replay.ts';
import { keptSecret } from './secrets.ts';
import { type ServerAddresses, startServers } from './servers.ts';
import type { Session } from './session.ts';

// How `tidemark migrate` ends where there are views of another version alone.
const otherVersion = 3;

// It bounds what it waits for by itself (TIDEMARK_START_TIMEOUT), one thing after the other.
const cliWithinMs = 600_000;

interface Surroundings {
  readonly session: Session;
  readonly address: Address;
  readonly servers: ServerAddresses;
  /** Undefined where tokens come from elsewhere (AUTH_JWKS_URL). */
  readonly secretFile?: string;
  /** Undefined where the operator's own database, or environment, keeps the master key. */
  readonly masterKeyFile?: string;
  readonly env: NodeJS.ProcessEnv;
}

/** `npm start`: all that Tidemark needs and Tidemark itself, until Ctrl-C. */
export async function start(session: Session): Promise<number> {
  if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'));
  const address = await chooseAddress(session);
  const [servers] = await Promise.all([startServers(session, { durable: true }), build(session.processes)]);
  const surroundings = surround(session, address, servers);
  await startApps(surroundings);
  await welcome(surroundings);
  return new Promise(() => undefined);
}

function surround(session: Session, address: Address, servers: ServerAddresses): Surroundings {
  const own = !process.env.AUTH_JWT_SECRET && !process.env.AUTH_JWKS_URL;
  const secretFile = own ? join(session.folder, 'jwt-secret') : undefined;
  // It belongs to the data in the same folder: a database of the operator's must not depend on a checkout of ours.
  const ownKeys = !process.env.DATABASE_URL && !process.env.TIDEMARK_MASTER_KEY;
  const masterKeyFile = ownKeys ? join(session.folder, 'master-key') : undefined;
  const env = appEnvironment({
    ...servers,
    ...(masterKeyFile && { TIDEMARK_MASTER_KEY: keptSecret(masterKeyFile) }),
    ...(secretFile && { AUTH_JWT_SECRET: keptSecret(secretFile) }),
    HOST: address.HOST,
    PORT: address.PORT,
    TIDEMARK_NAMESPACE: process.env.TIDEMARK_NAMESPACE || 'tidemark',
    TIDEMARK_URL: address.url,
  });
  return { session, address, servers, secretFile, masterKeyFile, env };
}

/** The projector before the interface: a command is answered when the views show it. */
async function startApps(surroundings: Surroundings): Promise<void> {
  const { session, address, env } = surroundings;
  const record = runFile(surroundings);
  const { exitCode } = await step('Topics and schemas', () => cli(surroundings, ['migrate'], otherVersion));
  if (exitCode === otherVersion) await replayMissing(session, env);
  await step('Projector', () =>
    startApp(session, {
      name: 'projector',
      env: projectorEnvironment(surroundings),
      onStart: (pid) => record({ projector: pid }),
    }),
  );
  await step('HTTP interface', () =>
    startApp(session, {
      name: 'api',
      env,
      isReady: async () =>
        (await fetch(`${address.operations?.url ?? address.url}/health/ready`, { signal: AbortSignal.timeout(2_000) }))
          .ok,
      onStart: (pid) => record({ api: pid }),
    }),
  );
}

function projectorEnvironment({ address: { operations }, env }: Surroundings): NodeJS.ProcessEnv {
  return operations ? { ...env, OPERATIONS_PORT: operations.projectorPort } : env;
}

/** Keeps .tidemark/run.json, by which the command line finds what runs here, for as long as it runs. */
function runFile({
  session,
  address,
  servers,
  secretFile,
  masterKeyFile,
  env,
}: Surroundings): (pids: Record<string, number>) => void {
  const path = join(session.folder, 'run.json');
  session.processes.atEnd({ remove: path });
  const pids: Record<string, number> = { launcher: process.pid };
  return (started) => {
    Object.assign(pids, started);
    const run = {
      url: address.url,
      kafkaBrokers: servers.KAFKA_BROKERS,
      databaseUrl: servers.DATABASE_URL,
      redisUrl: servers.REDIS_URL,
      namespace: env.TIDEMARK_NAMESPACE,
      jwtSecretFile: secretFile,
      masterKeyFile,
      pids,
    };
    writeFileSync(`${path}.new`, JSON.stringify(run, null, 2), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  };
}

/** Runs a command of the command line. Refused where it ends with another exit code than 0 or the one that is `expected`. */
async function cli(
  { session, env }: Surroundings,
  args: string[],
  expected = 0,
): Promise<{ printed: string; exitCode: number }> {
  let printed = '';
  const output = { collect: (text: string) => (printed += text), errors: sayLines };
  const command = { ...appCommand('cli', ...args), name: `tidemark ${args[0]}` };
  const exitCode = await session.processes.finish({ ...command, kind: 'tool', env, output }, cliWithinMs);
  if (exitCode === 0 || exitCode === expected) return { printed, exitCode };
  throw new Refusal(`tidemark ${args.join(' ')} ended with exit code ${exitCode}: see above.`);
}

/** What a command says of itself, as it says it: what it waits for, and why it failed. */
function sayLines(text: string): void {
  for (const line of text.split('\n').filter(Boolean)) say(`… ${line}`);
}

async function welcome(surroundings: Surroundings): Promise<void> {
  const { url } = surroundings.address;
  say(`\nTidemark is ready on ${url} (the interface is described at ${url}/docs). Ctrl-C ends it.`);
  const { operations } = surroundings.address;
  if (operations) {
    say(`Health and metrics: ${operations.url}; of the projector: ${operations.projectorUrl}.`);
  }
  if (surroundings.env.AUTH_JWKS_URL) return say('Tokens come from the issuer behind AUTH_JWKS_URL.');
  const { printed: token } = await cli(surroundings, ['token', '--environment', 'demo', '--ttl', '1d']);
  say(`A token for the environment demo, good for a day:\n\n${token.trim()}\n`);
  say(`Next: curl -H "Authorization: Bearer $(npx tidemark token --environment demo)" ${url}/api/v3/users`);
}
