import { type LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, type LoggerOptions, pino, stdSerializers } from 'pino';
import { type LogLevel } from './config.js';

export { type Logger } from 'pino';

/** Logs one JSON line per event to standard output. What could hold a secret or personal data is not logged at all. */
export function createLogger(app: string, level: LogLevel, to?: DestinationStream): Logger {
  const options: LoggerOptions = {
    base: { app, pid: process.pid },
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: withoutCommand },
    redact: ['req.headers.authorization', '*.authorization'],
  };
  return to ? pino(options, to) : pino(options);
}

/** ioredis shows the command that failed, and `auth` has the password among its arguments. */
function withoutCommand(error: Error): object {
  const { command: _, ...shown } = stdSerializers.err(error) as object & { command?: unknown };
  return shown;
}

/** Sends Nest's own messages to the same logger; those of its start only at level debug. */
export function nestLogger(logger: Logger): LoggerService {
  const at =
    (level: 'debug' | 'warn' | 'error') =>
    (message: unknown, ...rest: unknown[]) =>
      logger[level]({ nest: rest.filter((part) => typeof part === 'string').at(-1) }, String(message));
  return { log: at('debug'), debug: at('debug'), verbose: at('debug'), warn: at('warn'), error: at('error') };
}
