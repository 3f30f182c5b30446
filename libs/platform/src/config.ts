import { z } from 'zod';
import { isTooSimple } from './secrets.js';

const list = z.string().transform((text) => text.split(',').map((item) => item.trim()));

const MAKE_ONE = 'make one with: openssl rand -base64 32';
const LONG_ENOUGH = `at least 32 bytes; ${MAKE_ONE}`;
const TOO_SIMPLE = `too simple to be random; ${MAKE_ONE}`;
const isLongEnough = (secret: string) => Buffer.byteLength(secret) >= 32;

/** The settings of every app, by the name of their environment variable (.env.example explains each). */
const Settings = z
  .object({
    KAFKA_BROKERS: list.refine((brokers) => brokers.every((broker) => /^[^:\s]+:\d+$/.test(broker)), {
      message: 'comma-separated host:port, e.g. kafka-1:9092,kafka-2:9092',
    }),
    DATABASE_URL: z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'a connection string, e.g. postgres://user:password@host:5432/tidemark'),
    REDIS_URL: z.string().regex(/^rediss?:\/\//, 'an address, e.g. redis://host:6379'),
    HOST: z.string().default('127.0.0.1'),
    PORT: z.coerce.number().int().min(0).max(65535).default(3000),
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
    AUTH_JWT_SECRET: z
      .string()
      .refine(isLongEnough, { message: LONG_ENOUGH, abort: true })
      .refine((secret) => !isTooSimple(secret), { message: TOO_SIMPLE })
      .optional(),
    AUTH_JWKS_URL: z.url({ protocol: /^https?$/ }).optional(),
    AUTH_ISSUER: z.string().optional(),
    AUTH_AUDIENCE: z.string().optional(),
    TIDEMARK_MASTER_KEY: z
      .string()
      .transform((text) => text.split(',').map((key) => key.trim()))
      .refine((keys) => keys.every(isLongEnough), {
        message: `${LONG_ENOUGH} (former ones behind it, comma-separated)`,
        abort: true,
      })
      // A former one can no longer be chosen.
      .refine(([inUse]) => !isTooSimple(inUse!), { message: `${TOO_SIMPLE}, with this one behind it, comma-separated` })
      .default([]),
    TIDEMARK_MAX_DEAD_LETTERS: z.coerce.number().int().min(0).max(1_000_000).default(10_000),
    TIDEMARK_NAMESPACE: z
      .string()
      .regex(/^[a-z][a-z0-9_]{0,30}$/, 'a letter, then letters, digits and _, lower-case, 31 at most')
      .default('tidemark'),
    TIDEMARK_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  })
  .refine((settings) => !(settings.AUTH_JWT_SECRET && settings.AUTH_JWKS_URL), {
    path: ['AUTH_JWKS_URL'],
    message: 'AUTH_JWT_SECRET and AUTH_JWKS_URL exclude each other: set one',
  })
  .refine((settings) => settings.AUTH_JWT_SECRET ?? settings.AUTH_JWKS_URL, {
    path: ['AUTH_JWT_SECRET'],
    message: 'tokens cannot be checked without AUTH_JWT_SECRET or AUTH_JWKS_URL: set one',
  });

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** How tokens are checked: with one shared secret or with the public keys behind a JWKS address, never both. */
export interface AuthConfig {
  readonly secret?: string;
  readonly jwksUrl?: string;
  readonly issuer?: string;
  readonly audience?: string;
}

export interface Config {
  readonly kafkaBrokers: string[];
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly host: string;
  readonly port: number;
  /** What absolute links begin with, without a slash at its end; otherwise they begin as the request did. */
  readonly publicUrl?: string;
  /** The only hosts that requests may name, with a port or for every port; any where there are none. */
  readonly allowedHosts?: readonly string[];
  readonly auth: AuthConfig;
  /** What wraps the keys of personal fields: the one in use, then former ones. Empty: they lie open in Postgres. */
  readonly masterKeys: readonly string[];
  /** How many records of a fold may be set aside and wait before its projector stops instead. */
  readonly maxDeadLetters: number;
  readonly namespace: string;
  readonly logLevel: LogLevel;
}

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
  const { data } = settings;
  return {
    kafkaBrokers: data.KAFKA_BROKERS,
    databaseUrl: data.DATABASE_URL,
    redisUrl: data.REDIS_URL,
    host: data.HOST,
    port: data.PORT,
    publicUrl: data.PUBLIC_URL,
    allowedHosts: data.ALLOWED_HOSTS,
    auth: {
      secret: data.AUTH_JWT_SECRET,
      jwksUrl: data.AUTH_JWKS_URL,
      issuer: data.AUTH_ISSUER,
      audience: data.AUTH_AUDIENCE,
    },
    masterKeys: data.TIDEMARK_MASTER_KEY,
    maxDeadLetters: data.TIDEMARK_MAX_DEAD_LETTERS,
    namespace: data.TIDEMARK_NAMESPACE,
    logLevel: data.TIDEMARK_LOG_LEVEL,
  };
}

function describe(issue: z.core.$ZodIssue, given: Record<string, unknown>): string {
  const missing = issue.path.length > 0 && given[String(issue.path[0])] === undefined;
  return missing && issue.code === 'invalid_type' ? 'is not set' : issue.message;
}
