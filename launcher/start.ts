import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Address, chooseAddress } from './address.ts';
import { appCommand, startApp } from './apps.ts';
import { build } from './build.ts';
import { appEnvironment } from './environment.ts';
import { root } from './paths.ts';
import { say, step } from './progress.ts';
import type { Readiness } from './readiness.ts';
import { Refusal } from './refusal.ts';
import { replayMissing } from './replay.ts';
import { keptSecret } from './secrets.ts';
import { type ServerAddresses, startServers } from './servers.ts';
import type { Session } from './session.ts';

const tokenWithinMs = 60_000;

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
  const servers = startServers(session, { durable: true });
  const up = servers.up();
  const starting = async (): Promise<Surroundings> => {
    const [early] = await Promise.all([servers.early(), build(session.processes)]);
    const surroundings = surround(session, address, early);
    await startApps(surroundings, up);
    return surroundings;
  };
  const [surroundings] = await Promise.all([starting(), up]);
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

/** Both load while Kafka comes up. The projector makes topics and views, without which the interface is not ready. */
async function startApps(surroundings: Surroundings, servers: Promise<unknown>): Promise<void> {
  const { session, address, env } = surroundings;
  const record = runFile(surroundings);
  const isReady = async () => {
    const url = `${address.operations?.url ?? address.url}/health/ready`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    return answer.ok || howFar((await answer.json()) as NotReady);
  };
  const projector = startApp(
    session,
    { name: 'projector', env: projectorEnvironment(surroundings), onStart: (pid) => record({ projector: pid }) },
    servers,
  );
  const api = startApp(session, { name: 'api', env, isReady, onStart: (pid) => record({ api: pid }) }, servers);
  await servers;
  if (await projector.says('needs a replay', 'ready')) await replayMissing(session, env);
  await Promise.all([step('Projector', projector.ready), step('HTTP interface', api.ready)]);
}

interface NotReady {
  readonly checks: Readonly<Record<string, string>>;
}

/** How far the views are that a projector builds from the log; false where the interface is not ready for another reason. */
function howFar({ checks }: NotReady): Readiness {
  return Object.values(checks).find((reason) => reason.includes('being rebuilt')) ?? false;
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

async function demoToken({ session, env }: Surroundings): Promise<string> {
  let printed = '';
  const output = { collect: (text: string) => (printed += text), errors: say };
  const command = appCommand('cli', 'token', '--environment', 'demo', '--ttl', '1d');
  await session.processes.run(
    { ...command, name: 'tidemark token', kind: 'tool', env, output },
    tokenWithinMs,
    (exitCode) => new Refusal(`tidemark token ended with exit code ${exitCode}: see above.`),
  );
  return printed.trim();
}

async function welcome(surroundings: Surroundings): Promise<void> {
  const { url } = surroundings.address;
  say(`\nTidemark is ready on ${url} (the interface is described at ${url}/docs). Ctrl-C ends it.`);
  const { operations } = surroundings.address;
  if (operations) {
    say(`Health and metrics: ${operations.url}; of the projector: ${operations.projectorUrl}.`);
  }
  if (surroundings.env.AUTH_JWKS_URL) return say('Tokens come from the issuer behind AUTH_JWKS_URL.');
  say(`A token for the environment demo, good for a day:\n\n${await demoToken(surroundings)}\n`);
  say(`Next: curl -H "Authorization: Bearer $(npx tidemark token --environment demo)" ${url}/api/v3/users`);
}
