import { existsSync } from 'node:fs';
import { z } from 'zod';
import { type ClaimsConfig, ENVIRONMENT_ID, SCOPES } from './claims.js';
import { kafkaAccess, kafkaAccessIssues, KafkaAccessSettings } from './kafka-access.js';
import { corsOriginsOf } from './http/origins.js';
import { trustProxyOf } from './http/trusted-proxies.js';
import { redisUrlFault } from './redis-addresses.js';
import { ASYMMETRIC } from './remote-keys.js';
import { isLongEnough, isTooSimple, secretsOf } from './secrets.js';
import { textAs } from './text-as.js';
import { pemFile } from './tls.js';

const list = z.string().transform((text) => text.split(',').map((item) => item.trim()));

const MAKE_ONE = 'make one with: openssl rand -base64 32';
const LONG_ENOUGH = `at least 32 bytes; ${MAKE_ONE} (former ones behind it, comma-separated)`;
const TOO_SIMPLE = `too simple to be random; ${MAKE_ONE}, with this one behind it, comma-separated`;

/** The secret in use, then former ones, which are not checked for simplicity: they cannot be changed any more. */
const secrets = z
  .string()
  .transform(secretsOf)
  .refine((all) => all.every(isLongEnough), { message: LONG_ENOUGH, abort: true })
  .refine(([inUse]) => !isTooSimple(inUse!), { message: TOO_SIMPLE });

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** A duration in milliseconds, written as a number and ms, s, m or h; seconds without a unit. */
function duration(from: number, to: number) {
  const read = (text: string) => {
    const [, number, unit = 's'] = /^(\d{1,9})(ms|s|m|h)?$/.exec(text) ?? [];
    const span = Number(number) * UNITS[unit as keyof typeof UNITS];
    return span >= from && span <= to ? span : undefined;
  };
  return textAs(read, `a number and ms, s, m or h, from ${from} ms to ${to / UNITS.h} h, e.g. 30s`);
}

const TRUST_PROXY =
  'addresses and networks of proxies, comma-separated, loopback, linklocal and uniquelocal among them, e.g. loopback,10.0.0.0/8; or how many proxies there are, e.g. 1';
const CORS_ORIGINS =
  'origins as browsers send them, comma-separated, e.g. https://app.example,http://localhost:5173; or * alone';
const SCOPES_MAP = `their name to ours, e.g. viewer=users:read activities:read,editor=users:write (ours are: ${SCOPES.join(', ')})`;

/** The settings of every app, by the name of their environment variable (.env.example explains each). */
const Settings = z
  .object({
    KAFKA_BROKERS: list.refine((brokers) => brokers.every((broker) => /^[^:\s]+:\d+$/.test(broker)), {
      message: 'comma-separated host:port, e.g. kafka-1:9092,kafka-2:9092',
    }),
    ...KafkaAccessSettings,
    DATABASE_URL: z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'a connection string, e.g. postgres://user:password@host:5432/tidemark')
      .refine(namesFilesThatExist, 'sslrootcert, sslcert and sslkey are paths of files, and there is no such file')
      .refine(saysHowLongToConnect, 'connect_timeout is a whole number of seconds, e.g. connect_timeout=10'),
    REDIS_URL: z.string().check(({ value, issues }) => {
      const message = redisUrlFault(value);
      if (message) issues.push({ code: 'custom', input: value, message });
    }),
    REDIS_TLS_CA: pemFile.optional(),
    HOST: z.string().default('127.0.0.1'),
    PORT: z.coerce.number().int().min(0).max(65535).default(3000),
    HTTP_REQUEST_TIMEOUT: duration(1_000, 3_600_000).default(30_000),
    PUBLIC_URL: z
      .url({ protocol: /^https?$/, error: 'an address, e.g. https://tidemark.example' })
      .refine((text) => /^[^?#@]+$/.test(text), { message: 'an address without user, query and fragment' })
      .transform((text) => text.replace(/\/+$/, ''))
      .optional(),
    ALLOWED_HOSTS: list
      .refine((hosts) => hosts.every((host) => URL.canParse(`http://${host}`) && !/[/?#@\s]/.test(host)), {
        message: 'comma-separated names, with a port or without, e.g. tidemark.example,10.0.0.7:3000',
      })
      .optional(),
    TRUST_PROXY: textAs(trustProxyOf, TRUST_PROXY).optional(),
    CORS_ORIGINS: textAs(corsOriginsOf, CORS_ORIGINS).optional(),
    OPERATIONS_PORT: z.coerce.number().int().min(1).max(65535).optional(),
    AUTH_JWT_SECRET: secrets.optional(),
    AUTH_JWKS_URL: z.url({ protocol: /^https?$/ }).optional(),
    AUTH_ISSUER: z.string().optional(),
    AUTH_AUDIENCE: z.string().optional(),
    AUTH_ALGORITHMS: list
      .refine((names) => names.every((name) => name === 'HS256' || ASYMMETRIC.includes(name)), {
        message: `some of HS256, ${ASYMMETRIC.join(', ')}, comma-separated`,
      })
      .optional(),
    AUTH_ENVIRONMENTS_CLAIM: z.string().optional(),
    AUTH_ENVIRONMENTS: list
      .refine((ids) => ids.every((id) => ENVIRONMENT_ID.test(id)), { message: 'ids of environments, comma-separated' })
      .optional(),
    AUTH_SCOPES_CLAIM: z.string().optional(),
    AUTH_SCOPES_MAP: textAs(scopesMapOf, SCOPES_MAP).optional(),
    TIDEMARK_MASTER_KEY: secrets.default([]),
    TIDEMARK_MAX_DEAD_LETTERS: z.coerce.number().int().min(0).max(1_000_000).default(10_000),
    TIDEMARK_REPLAY_MAX_EVENTS_PER_SECOND: z.coerce.number().int().min(1).max(10_000_000).optional(),
    STREAM_MAX_OPEN: z.coerce.number().int().min(1).max(1_000_000).default(10_000),
    STREAM_MAX_OPEN_PER_ENVIRONMENT: z.coerce.number().int().min(1).max(1_000_000).optional(),
    STREAM_MAX_AGE: z.coerce.number().int().min(10).max(86_400).default(3_600),
    TIDEMARK_NAMESPACE: z
      .string()
      .regex(/^[a-z][a-z0-9_]{0,30}$/, 'a letter, then letters, digits and _, lower-case, 31 at most')
      .default('tidemark'),
    TIDEMARK_START_TIMEOUT: z.coerce.number().min(1).max(3_600).default(60),
    TIDEMARK_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  })
  .refine((settings) => !(settings.AUTH_JWT_SECRET && settings.AUTH_JWKS_URL), {
    path: ['AUTH_JWKS_URL'],
    message: 'AUTH_JWT_SECRET and AUTH_JWKS_URL exclude each other: set one',
  })
  .refine((settings) => settings.AUTH_JWT_SECRET ?? settings.AUTH_JWKS_URL, {
    path: ['AUTH_JWT_SECRET'],
    message: 'tokens cannot be checked without AUTH_JWT_SECRET or AUTH_JWKS_URL: set one',
  })
  .refine(({ OPERATIONS_PORT, PORT }) => OPERATIONS_PORT !== PORT, {
    path: ['OPERATIONS_PORT'],
    message: 'must be another port than PORT',
  })
  .refine(fitsTheKeys, {
    path: ['AUTH_ALGORITHMS'],
    message: 'tokens of AUTH_JWT_SECRET are HS256, and those of AUTH_JWKS_URL never are',
  })
  .check(({ value, issues }) => void issues.push(...kafkaAccessIssues(value)))
  .refine((settings) => !settings.REDIS_TLS_CA || settings.REDIS_URL.startsWith('rediss:'), {
    path: ['REDIS_TLS_CA'],
    message: 'is for TLS: begin REDIS_URL with rediss:// too, or leave this out',
  });

/** Symmetric and asymmetric algorithms are never mixed (RFC 8725, 3.1). */
function fitsTheKeys(settings: { AUTH_JWT_SECRET?: unknown; AUTH_ALGORITHMS?: readonly string[] }): boolean {
  const { AUTH_JWT_SECRET: secret, AUTH_ALGORITHMS: algorithms } = settings;
  return !algorithms || (secret ? algorithms.join() === 'HS256' : !algorithms.includes('HS256'));
}

/** Checked here, since `pg` reads the files at each connection and reports a missing one as a bare ENOENT. */
function namesFilesThatExist(url: string): boolean {
  const parameters = URL.parse(url)?.searchParams;
  const paths = ['sslrootcert', 'sslcert', 'sslkey'].flatMap((name) => parameters?.get(name) ?? []);
  return paths.every((path) => existsSync(path));
}

function saysHowLongToConnect(url: string): boolean {
  return /^\d{1,6}$/.test(URL.parse(url)?.searchParams.get('connect_timeout') ?? '0');
}

/** Parses `theirs=ours ours,theirs=ours`; undefined for anything else and for unknown scopes. */
function scopesMapOf(text: string): ReadonlyMap<string, readonly string[]> | undefined {
  const entries = text.split(',').map((entry): [string, string[]] => {
    const [, theirs = '', ours = ''] = /^(.*)=(.*)$/s.exec(entry) ?? [];
    return [theirs.trim(), ours.split(' ').filter(Boolean)];
  });
  const isRight = entries.every(([theirs, ours]) => theirs !== '' && ours.length > 0 && ours.every(isScope));
  return isRight ? new Map(entries) : undefined;
}

const isScope = (name: string) => SCOPES.some((scope) => scope === name);

/** How tokens are checked: with shared secrets or with the public keys behind a JWKS address, never both. */
export interface AuthConfig {
  /** The first signs, all check. */
  readonly secrets?: readonly string[];
  readonly jwksUrl?: string;
  /** Accepted for public keys; all safe ones by default. */
  readonly algorithms?: readonly string[];
  readonly claims?: ClaimsConfig;
  readonly issuer?: string;
  readonly audience?: string;
}

export type Config = Readonly<ReturnType<typeof configOf>>;
export type LogLevel = Config['logLevel'];
export type StreamLimits = Config['streams'];

/** The settings are wrong: the message names each variable and what it takes. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads and checks all settings at once; throws `ConfigError` with a line for each that is wrong. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const settings = Settings.safeParse(given);
  if (!settings.success) {
    const lines = settings.error.issues.map((issue) => `${issue.path.join('.')}: ${describe(issue, given)}`);
    throw new ConfigError(`These settings need attention:\n  ${lines.join('\n  ')}`);
  }
  return configOf(settings.data);
}

function configOf(data: z.output<typeof Settings>) {
  return {
    kafkaBrokers: data.KAFKA_BROKERS,
    kafka: kafkaAccess(data),
    databaseUrl: data.DATABASE_URL,
    /** One address, or several of a cluster, comma-separated. */
    redisUrl: data.REDIS_URL,
    /** The CA of the Redis certificate, as PEM text; Node's own CAs by default. */
    redisCa: data.REDIS_TLS_CA,
    host: data.HOST,
    port: data.PORT,
    /** The base of absolute links, without a trailing slash; that of the request by default. */
    publicUrl: data.PUBLIC_URL,
    /** The hosts that requests may name, with a port or for every port; any host by default. */
    allowedHosts: data.ALLOWED_HOSTS,
    /** The proxies whose forwarding headers are trusted. */
    trustProxy: data.TRUST_PROXY,
    /** The origins that CORS allows, `*` for all; none by default. */
    corsOrigins: data.CORS_ORIGINS,
    /** The only port of health and metrics; the port of the interface by default. */
    operationsPort: data.OPERATIONS_PORT,
    /** How long a request may take to arrive. */
    requestTimeoutMs: data.HTTP_REQUEST_TIMEOUT,
    auth: authOf(data),
    /** They encrypt the keys of personal fields: the one in use, then former ones. Without any, those lie open in Postgres. */
    masterKeys: data.TIDEMARK_MASTER_KEY,
    /** How many records of a fold may be set aside and wait before its projector stops instead. */
    maxDeadLetters: data.TIDEMARK_MAX_DEAD_LETTERS,
    /** How many events a replay reads within a second at most; as many as it can by default. */
    maxReplayedPerSecond: data.TIDEMARK_REPLAY_MAX_EVENTS_PER_SECOND,
    /** How many streams a process serves at a time, and for how many seconds at most. */
    streams: streamLimitsOf(data),
    namespace: data.TIDEMARK_NAMESPACE,
    /** How long a process waits, at its start, for each thing that it needs. */
    startTimeoutMs: data.TIDEMARK_START_TIMEOUT * 1_000,
    logLevel: data.TIDEMARK_LOG_LEVEL,
  };
}

function streamLimitsOf(data: z.output<typeof Settings>) {
  return {
    maxOpen: data.STREAM_MAX_OPEN,
    // So that one environment cannot take all streams.
    maxOpenPerEnvironment: data.STREAM_MAX_OPEN_PER_ENVIRONMENT ?? Math.ceil(data.STREAM_MAX_OPEN / 2),
    maxAge: data.STREAM_MAX_AGE,
  };
}

function authOf(data: z.output<typeof Settings>): AuthConfig {
  return {
    secrets: data.AUTH_JWT_SECRET,
    jwksUrl: data.AUTH_JWKS_URL,
    algorithms: data.AUTH_ALGORITHMS,
    issuer: data.AUTH_ISSUER,
    audience: data.AUTH_AUDIENCE,
    claims: {
      environmentsClaim: data.AUTH_ENVIRONMENTS_CLAIM,
      environments: data.AUTH_ENVIRONMENTS,
      scopesClaim: data.AUTH_SCOPES_CLAIM,
      scopesMap: data.AUTH_SCOPES_MAP,
    },
  };
}

function describe(issue: z.core.$ZodIssue, given: Record<string, unknown>): string {
  const missing = issue.path.length > 0 && given[String(issue.path[0])] === undefined;
  return missing && issue.code === 'invalid_type' ? 'is not set' : issue.message;
}
