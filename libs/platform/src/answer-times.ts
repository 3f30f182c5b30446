import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Namespace } from './namespace.js';
import { type Postgres } from './postgres.js';

const EVERY_MS = 1_000;
const MOST_ANSWERS = 0.95;

/** The channel on which interfaces announce how long their answers take. */
export const answerTimesChannel = (namespace: Namespace): string => namespace.channel('answer_times');

/**
 * Announces once a second within how many milliseconds most answers of that second were made; nothing where nobody has
 * asked. Streams are no answers, and who watches over the service is not served.
 */
export function announceAnswerTimes(app: NestFastifyApplication, postgres: Postgres, namespace: Namespace): void {
  const fastify = app.getHttpAdapter().getInstance();
  let times: number[] = [];
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (request.caller) times.push(reply.elapsedTime);
    done(null, payload);
  });
  const announce = () => {
    if (times.length === 0) return;
    const sorted = times.sort((one, other) => one - other);
    times = [];
    const most = sorted[Math.floor(sorted.length * MOST_ANSWERS)]!;
    // It is said again in a second.
    postgres.query('SELECT pg_notify($1, $2)', [answerTimesChannel(namespace), most.toFixed(3)]).catch(() => undefined);
  };
  const timer = setInterval(announce, EVERY_MS).unref();
  fastify.addHook('onClose', (_fastify, done) => {
    clearInterval(timer);
    done();
  });
}
