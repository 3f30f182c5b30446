import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, readConfig, secretsOf } from '#platform';
import { CommandFailed, type Surroundings } from './surroundings.js';

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

type Place = Pick<Surroundings, 'env' | 'stateFolder'>;

const SERVERS = ['KAFKA_BROKERS', 'DATABASE_URL', 'REDIS_URL'] as const;

/** The process's own, and those of the file that `npm start` reads too; the process's come first. */
export function environmentVariables(file: string): NodeJS.ProcessEnv {
  if (existsSync(file)) process.loadEnvFile(file);
  return process.env;
}

/**
 * The settings of the environment, or those of what `npm start` runs where the environment names no server: servers of
 * the one are never mixed with servers of the other. Throws `ConfigError`, `CommandFailed`.
 */
export function serverSettings(place: Place): Config {
  const { env } = place;
  if (namesServers(place)) return readConfig(withSecret(place));
  const run = readRun(place);
  if (!run) {
    throw new CommandFailed(
      `Set ${SERVERS.join(', ')}, or start Tidemark with "npm start": it is not known where they are.`,
    );
  }
  return readConfig({
    ...withSecret(place),
    TIDEMARK_MASTER_KEY: env.TIDEMARK_MASTER_KEY || (run.masterKeyFile && textOf(run.masterKeyFile)?.trim()),
    KAFKA_BROKERS: run.kafkaBrokers,
    DATABASE_URL: run.databaseUrl,
    REDIS_URL: run.redisUrl,
    TIDEMARK_NAMESPACE: env.TIDEMARK_NAMESPACE || run.namespace,
  });
}

/** What tokens are signed with and say of their issuer. Throws `CommandFailed` where none can be made here. */
export function signing(place: Place): { secret: string; issuer?: string; audience?: string } {
  const { AUTH_JWT_SECRET, AUTH_JWKS_URL, AUTH_ISSUER, AUTH_AUDIENCE } = place.env;
  if (!AUTH_JWT_SECRET && AUTH_JWKS_URL) {
    throw new CommandFailed('Tokens come from the issuer behind AUTH_JWKS_URL: set TIDEMARK_TOKEN to one of those.');
  }
  // While a secret is being changed, the new one stands before the former ones.
  const secret = (AUTH_JWT_SECRET && secretsOf(AUTH_JWT_SECRET)[0]) || keptSecret(place);
  if (!secret) {
    throw new CommandFailed(
      'Set AUTH_JWT_SECRET, or start Tidemark once with "npm start": there is no secret to sign with.',
    );
  }
  if (Buffer.byteLength(secret) < 32) throw new CommandFailed('AUTH_JWT_SECRET takes at least 32 bytes.');
  return { secret, issuer: AUTH_ISSUER || undefined, audience: AUTH_AUDIENCE || undefined };
}

/** Where the service is, as far as that is known. */
export function serviceUrl(place: Place): string | undefined {
  return place.env.TIDEMARK_URL || readRun(place)?.url;
}

/** Where the service of `serverSettings` is, as far as that is known. */
export function serviceOfServers(place: Place): string | undefined {
  return namesServers(place) ? place.env.TIDEMARK_URL || undefined : serviceUrl(place);
}

function namesServers({ env }: Place): boolean {
  return SERVERS.some((name) => env[name]);
}

function withSecret(place: Place): NodeJS.ProcessEnv {
  const { env } = place;
  if (env.AUTH_JWT_SECRET || env.AUTH_JWKS_URL) return env;
  return { ...env, AUTH_JWT_SECRET: keptSecret(place) };
}

function keptSecret(place: Place): string | undefined {
  return textOf(readRun(place)?.jwtSecretFile ?? join(place.stateFolder, 'jwt-secret'))?.trim();
}

function readRun({ stateFolder }: Place): Run | undefined {
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
