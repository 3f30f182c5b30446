import { type LoggerService } from '@nestjs/common';
import { type Logger, pino } from 'pino';
import { type LogLevel } from './config.js';

export { type Logger } from 'pino';

/** One JSON line an event on standard output. What could hold a secret or a person's data is not logged at all. */
export function createLogger(app: string, level: LogLevel): Logger {
  return pino({
    base: { app, pid: process.pid },
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: ['req.headers.authorization', '*.authorization'],
  });
}

/** Nest's own messages through the same logger; its start-up chatter is for debugging. */
export function nestLogger(logger: Logger): LoggerService {
  const at =
    (level: 'debug' | 'warn' | 'error') =>
    (message: unknown, ...rest: unknown[]) =>
      logger[level]({ nest: rest.filter((part) => typeof part === 'string').at(-1) }, String(message));
  return { log: at('debug'), debug: at('debug'), verbose: at('debug'), warn: at('warn'), error: at('error') };
}
