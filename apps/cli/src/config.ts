import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, readConfig, secretsOf } from '#platform';
import { CommandFailed, type CliContext } from './context.js';

/** What `npm start` notes of itself for as long as it runs. */
interface Run {
  readonly url?: string;
  readonly kafkaBrokers?: string;
  readonly databaseUrl?: string;
  readonly redisUrl?: string;
  readonly namespace?: string;
  readonly jwtSecretFile?: string;
  readonly masterKeyFile?: string;
}

type SettingsSource = Pick<CliContext, 'env' | 'stateFolder'>;

const SERVERS = { KAFKA_BROKERS: 'kafkaBrokers', DATABASE_URL: 'databaseUrl', REDIS_URL: 'redisUrl' } as const;
const NAMES = Object.keys(SERVERS) as (keyof typeof SERVERS)[];

/** The process's own, and those of the file that `npm start` reads too; the process's come first. */
export function environmentVariables(file: string): NodeJS.ProcessEnv {
  if (existsSync(file)) process.loadEnvFile(file);
  return process.env;
}

/**
 * The settings of the environment, or those of what `npm start` runs where the environment names no others: servers of
 * the one are never mixed with servers of the other. Throws `ConfigError`, `CommandFailed`.
 */
export function serverSettings(source: SettingsSource): Config {
  const { env } = source;
  if (namesOthers(source)) return readConfig(withSecret(source));
  const run = readRun(source);
  if (!run) {
    throw new CommandFailed(
      `Set ${NAMES.join(', ')}, or start Tidemark with "npm start": it is not known where they are.`,
    );
  }
  return readConfig({
    ...withSecret(source),
    TIDEMARK_MASTER_KEY: env.TIDEMARK_MASTER_KEY || (run.masterKeyFile && textOf(run.masterKeyFile)?.trim()),
    KAFKA_BROKERS: run.kafkaBrokers,
    DATABASE_URL: run.databaseUrl,
    REDIS_URL: run.redisUrl,
    TIDEMARK_NAMESPACE: env.TIDEMARK_NAMESPACE || run.namespace,
  });
}

/** What tokens are signed with and say of their issuer. Throws `CommandFailed` where none can be made here. */
export function signing(source: SettingsSource): { secret: string; issuer?: string; audience?: string } {
  const { AUTH_JWT_SECRET, AUTH_JWKS_URL, AUTH_ISSUER, AUTH_AUDIENCE } = source.env;
  if (!AUTH_JWT_SECRET && AUTH_JWKS_URL) {
    throw new CommandFailed('Tokens come from the issuer behind AUTH_JWKS_URL: set TIDEMARK_TOKEN to one of those.');
  }
  // While a secret is being changed, the new one comes before the previous ones.
  const secret = (AUTH_JWT_SECRET && secretsOf(AUTH_JWT_SECRET)[0]) || keptSecret(source);
  if (!secret) {
    throw new CommandFailed(
      'Set AUTH_JWT_SECRET, or start Tidemark once with "npm start": there is no secret to sign with.',
    );
  }
  if (Buffer.byteLength(secret) < 32) throw new CommandFailed('AUTH_JWT_SECRET takes at least 32 bytes.');
  return { secret, issuer: AUTH_ISSUER || undefined, audience: AUTH_AUDIENCE || undefined };
}

/** Where the service is, as far as that is known. */
export function serviceUrl(source: SettingsSource): string | undefined {
  return source.env.TIDEMARK_URL || readRun(source)?.url;
}

/** Where the service of `serverSettings` is, as far as that is known. */
export function serviceOfServers(source: SettingsSource): string | undefined {
  return namesOthers(source) ? source.env.TIDEMARK_URL || undefined : serviceUrl(source);
}

/** Of the servers that `npm start` runs on, some may be named: those that it was given. */
function namesOthers(source: SettingsSource): boolean {
  const run = readRun(source);
  return NAMES.some((name) => source.env[name] && source.env[name] !== run?.[SERVERS[name]]);
}

function withSecret(source: SettingsSource): NodeJS.ProcessEnv {
  const { env } = source;
  if (env.AUTH_JWT_SECRET || env.AUTH_JWKS_URL) return env;
  return { ...env, AUTH_JWT_SECRET: keptSecret(source) };
}

function keptSecret(source: SettingsSource): string | undefined {
  return textOf(readRun(source)?.jwtSecretFile ?? join(source.stateFolder, 'jwt-secret'))?.trim();
}

function readRun({ stateFolder }: SettingsSource): Run | undefined {
  const text = textOf(join(stateFolder, 'run.json'));
  return text === undefined ? undefined : (JSON.parse(text) as Run);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
