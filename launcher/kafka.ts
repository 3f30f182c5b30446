import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import { kafkaJars, kafkaVersion } from './kafka-jars.ts';
import { makeFolder } from './paths.ts';
import { logTail } from './progress.ts';
import { Refusal } from './refusal.ts';
import { type Session } from './session.ts';
import { untilReady } from './server-readiness.ts';

export interface KafkaPorts {
  readonly kafka: number;
  readonly kafkaController: number;
}

export const kafkaName = `Kafka ${kafkaVersion}`;

/** Starts one broker (KRaft, broker and controller in one process) on 127.0.0.1; resolves to its host:port. */
export async function startKafka(session: Session, ports: KafkaPorts): Promise<string> {
  requireJava();
  const jars = await kafkaJars(session);
  const folder = makeFolder(join(session.folder, 'kafka'), 0o700);
  const properties = join(folder, 'server.properties');
  writeFileSync(properties, serverProperties(ports, join(folder, 'data')));
  writeFileSync(join(folder, 'log4j2.properties'), logSettings);
  await formatOnce(session, jars, folder, properties);
  const log = join(session.logs, 'kafka.log');
  const broker = session.processes.start({
    name: 'kafka',
    kind: 'server',
    command: 'java',
    args: [...javaOptions(folder, '512m'), '-cp', `${jars}/*`, 'kafka.Kafka', properties],
    cwd: folder,
    output: { log },
  });
  const address = `127.0.0.1:${ports.kafka}`;
  await untilReady(kafkaName, broker, log, () => answers(address));
  return address;
}

/** True once the broker answers a client; a listening port alone comes earlier. */
export async function answers(broker: string): Promise<boolean> {
  const client = new kafkajs.Kafka({ brokers: [broker], logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 0 } });
  const admin = client.admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length > 0;
  } finally {
    await admin.disconnect();
  }
}

function requireJava(): void {
  const { stderr, status } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const major = Number(/version "(\d+)/.exec(stderr ?? '')?.[1]);
  if (status === 0 && major >= 17) return;
  const found = status === 0 ? `this is Java ${major}` : 'there is no java on the PATH';
  throw new Refusal(
    `${kafkaName} runs on Java 17 or later, and ${found}: install it (Debian: apt-get install -y ` +
      'openjdk-17-jre-headless maven), start Docker, or set KAFKA_BROKERS.',
  );
}

/** A broker's storage is formatted once; a format that was killed is done again. */
async function formatOnce(session: Session, jars: string, folder: string, properties: string): Promise<void> {
  const done = join(folder, 'formatted');
  if (existsSync(done)) return;
  rmSync(join(folder, 'data'), { recursive: true, force: true });
  const clusterId = randomBytes(16).toString('base64url');
  const log = join(session.logs, 'kafka-format.log');
  await session.processes.run(
    {
      name: 'kafka-format',
      kind: 'tool',
      command: 'java',
      args: [
        ...javaOptions(folder, '128m'),
        '-cp',
        `${jars}/*`,
        'kafka.tools.StorageTool',
        'format',
        '-t',
        clusterId,
        '-c',
        properties,
      ],
      cwd: folder,
      output: { log },
    },
    () => new Refusal(`Kafka's storage in ${folder} could not be formatted:\n${logTail(log)}`),
  );
  writeFileSync(`${done}.new`, clusterId);
  renameSync(`${done}.new`, done);
}

function javaOptions(folder: string, heap: string): string[] {
  return [
    `-Xmx${heap}`,
    '-XX:+UseSerialGC',
    // Optimised code comes from the first compiler alone: up sooner, and the second costs a core at the start.
    ...(heap === '128m' ? ['-XX:TieredStopAtLevel=1'] : []),
    `-Dlog4j2.configurationFile=${join(folder, 'log4j2.properties')}`,
  ];
}

function serverProperties({ kafka, kafkaController }: KafkaPorts, data: string): string {
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${kafkaController}`,
    `listeners=PLAINTEXT://127.0.0.1:${kafka},CONTROLLER://127.0.0.1:${kafkaController}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${kafka}`,
    'controller.listener.names=CONTROLLER',
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name=PLAINTEXT',
    `log.dirs=${data}`,
    'auto.create.topics.enable=false',
    'group.initial.rebalance.delay.ms=0',
    'group.min.session.timeout.ms=1000',
    // One broker can hold one replica of anything.
    'default.replication.factor=1',
    'offsets.topic.replication.factor=1',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'share.coordinator.state.topic.replication.factor=1',
    'share.coordinator.state.topic.min.isr=1',
    // The 50 partitions of a cluster's default take seconds to open at the first consumer's arrival.
    'offsets.topic.num.partitions=4',
    '',
  ].join('\n');
}

const logSettings = `status=error
rootLogger.level=warn
rootLogger.appenderRef.stdout.ref=stdout
appender.stdout.type=Console
appender.stdout.name=stdout
appender.stdout.layout.type=PatternLayout
appender.stdout.layout.pattern=%d{ISO8601} %p %m (%c)%n
`;
