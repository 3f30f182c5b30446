import { expect, test } from '@jest/globals';
import { Writable } from 'node:stream';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { createLogger } from './logging.js';

test('the log of an app shows no password of a server that refuses it', async () => {
  const { hostname, port } = new URL(process.env.REDIS_URL!);
  const redis = new Redis({
    host: hostname,
    port: Number(port),
    username: 'nobody',
    password: 's3cret of the specs',
    retryStrategy: () => null,
  });
  const refused = new Promise<Error>((resolve) => redis.on('error', resolve));
  const error = await refused;
  redis.disconnect();
  expect(JSON.stringify(pino.stdSerializers.err(error))).toContain('s3cret of the specs');
  const lines: string[] = [];
  const logger = createLogger(
    'test',
    'warn',
    new Writable({
      write: (line, _, done) => (lines.push(String(line)), done()),
    }),
  );
  logger.warn({ err: error }, 'lost a connection to Redis');
  expect(lines.join('')).toContain('WRONGPASS');
  expect(lines.join('')).not.toContain('s3cret');
});
