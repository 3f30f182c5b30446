import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { kafkaJarsFolder } from '../launcher/kafka-jars.ts';

const program = (name: string) => join(import.meta.dirname, name);

/** Records per second of a bare kafkajs producer in a loop. */
export async function bareProducer(topic: string, run: string, users: number, sends: number, perSend: number) {
  const child = fork(program('producer-peer.ts'), [topic, run, users, sends, perSend].map(String));
  const [perSecond] = (await once(child, 'message')) as [number];
  return perSecond;
}

/** Records per second of Java's own producer as Kafka's ProducerPerformance measures it; undefined without its jars. */
export function javaProducer(topic: string, records: number): number | undefined {
  if (!existsSync(kafkaJarsFolder)) return undefined;
  const options = ['--topic', topic, '--num-records', records, '--record-size', 170, '--throughput', -1];
  const properties = ['--producer-props', `bootstrap.servers=${process.env['KAFKA_BROKERS']}`, 'acks=all'];
  const java = ['-cp', `${kafkaJarsFolder}/*`, 'org.apache.kafka.tools.ProducerPerformance'];
  const text = execFileSync('java', [...java, ...options.map(String), ...properties], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return Number(/, ([\d.]+) records\/sec[^\n]*\n*$/.exec(text)?.[1]);
}

/** A Fastify with one route that answers 202 and does nothing, in a process of its own. */
export async function emptyRoute(): Promise<{ port: number; stop(): Promise<void> }> {
  const child: ChildProcess = fork(program('route-peer.ts'));
  const [port] = (await once(child, 'message')) as [number];
  return {
    port,
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
