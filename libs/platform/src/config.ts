import { z } from 'zod';

const list = z.string().transform((text) => text.split(',').map((item) => item.trim()));

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** A time span in milliseconds, written as a number and ms, s, m or h; seconds where no unit is said. */
function duration(from: number, to: number) {
  const message = `a number and ms, s, m or h, from ${from} ms to ${to / UNITS.h} h, e.g. 30s`;
  return z
    .string()
    .regex(/^\d{1,9}(ms|s|m|h)?$/, message)
    .transform((text) => parseInt(text) * UNITS[(text.replace(/^\d+/, '') || 's') as keyof typeof UNITS])
    .pipe(z.number().min(from, message).max(to, message));
}

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
    HTTP_REQUEST_TIMEOUT: duration(1_000, 3_600_000).default(30_000),
    AUTH_JWT_SECRET: z
      .string()
      .refine((secret) => Buffer.byteLength(secret) >= 32, {
        message: 'at least 32 bytes; make one with: openssl rand -base64 32',
      })
      .optional(),
    AUTH_JWKS_URL: z.url({ protocol: /^https?$/ }).optional(),
    AUTH_ISSUER: z.string().optional(),
    AUTH_AUDIENCE: z.string().optional(),
    TIDEMARK_MASTER_KEY: z
      .string()
      .transform((text) => text.split(',').map((key) => key.trim()))
      .refine((keys) => keys.every((key) => Buffer.byteLength(key) >= 32), {
        message: 'at least 32 bytes; make one with: openssl rand -base64 32 (former ones behind it, comma-separated)',
      })
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
  /** How long a request may take to arrive. */
  readonly requestTimeoutMs: number;
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
    requestTimeoutMs: data.HTTP_REQUEST_TIMEOUT,
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
