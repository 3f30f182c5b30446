import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import { ClassArchive, requireJava } from './java.ts';
import { kafkaJars, kafkaVersion } from './kafka-jars.ts';
import { makeFolder } from './paths.ts';
import type { ProcessSpec } from './processes.ts';
import { logTail } from './progress.ts';
import { Refusal } from './refusal.ts';
import type { Session } from './session.ts';
import { untilReady } from './readiness.ts';

export interface KafkaPorts {
  readonly kafka: number;
  readonly kafkaController: number;
}

export const kafkaName = `Kafka ${kafkaVersion}`;

/** What every Java process of the broker is started with. */
interface Kafka {
  readonly session: Session;
  readonly jars: string;
  readonly archive: ClassArchive;
  readonly folder: string;
  readonly properties: string;
}

/** Starts one broker (KRaft, broker and controller in one process) on 127.0.0.1; resolves to its host:port. */
export async function startKafka(session: Session, ports: KafkaPorts, durable: boolean): Promise<string> {
  const kafka = await prepare(session, ports);
  await formatOnce(kafka);
  const log = join(session.logs, 'kafka.log');
  const options = ['-Xmx512m', ...(durable ? lateCompiler : [quickCompiler]), ...kafka.archive.toReadOrWrite];
  const broker = session.processes.start({
    name: 'kafka',
    kind: 'server',
    ...javaCommand(kafka, options, ['kafka.Kafka', kafka.properties]),
    output: { log },
  });
  void broker.exitCode.then((exitCode) => kafka.archive.keep(exitCode));
  const address = `127.0.0.1:${ports.kafka}`;
  await untilReady(kafkaName, broker, log, () => answers(address));
  return address;
}

async function prepare(session: Session, ports: KafkaPorts): Promise<Kafka> {
  const javaVersion = requireJava();
  const jars = await kafkaJars(session);
  const folder = makeFolder(join(session.folder, 'kafka'), 0o700);
  const properties = join(folder, 'server.properties');
  writeFileSync(properties, serverProperties(ports, join(folder, 'data')));
  writeFileSync(join(folder, 'log4j2.properties'), logSettings);
  return { session, jars, archive: new ClassArchive(jars, javaVersion), folder, properties };
}

/**
 * True once the broker answers a client and has loaded its groups. A listening port comes earlier, and a consumer that
 * joins before the groups are loaded is turned away.
 */
export async function answers(broker: string): Promise<boolean> {
  const client = new kafkajs.Kafka({ brokers: [broker], logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 0 } });
  const admin = client.admin();
  try {
    await admin.connect();
    // The client learns here of the brokers that the next question goes to.
    await admin.describeCluster();
    const { groups } = await admin.describeGroups(['of nobody']);
    return groups.length === 1;
  } finally {
    await admin.disconnect();
  }
}

/** A broker's storage is formatted once; a format that was killed is done again. */
async function formatOnce(kafka: Kafka): Promise<void> {
  const { session, folder, properties } = kafka;
  const done = join(folder, 'formatted');
  if (existsSync(done)) return;
  rmSync(join(folder, 'data'), { recursive: true, force: true });
  const clusterId = newClusterId();
  const log = join(session.logs, 'kafka-format.log');
  const options = ['-Xmx128m', quickCompiler, ...kafka.archive.toRead];
  const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties];
  await session.processes.run(
    { name: 'kafka-format', kind: 'tool', ...javaCommand(kafka, options, format), output: { log } },
    120_000,
    () => new Refusal(`Kafka's storage in ${folder} could not be formatted:\n${logTail(log)}`),
  );
  writeFileSync(`${done}.new`, clusterId);
  renameSync(`${done}.new`, done);
}

// Java's optimising compiler takes a third of the work of a start. For data that is thrown away it never pays;
const quickCompiler = '-XX:TieredStopAtLevel=1';
// else it waits for ten times as many calls as usual: what is hot comes there within seconds, a start does not.
const lateCompiler = [
  '-XX:Tier4InvocationThreshold=50000',
  '-XX:Tier4MinInvocationThreshold=6000',
  '-XX:Tier4CompileThreshold=150000',
  '-XX:Tier4BackEdgeThreshold=400000',
];

function javaCommand(
  { folder, jars }: Kafka,
  options: string[],
  program: string[],
): Pick<ProcessSpec, 'command' | 'args' | 'cwd'> {
  const logging = `-Dlog4j2.configurationFile=${join(folder, 'log4j2.properties')}`;
  return {
    command: 'java',
    args: ['-XX:+UseSerialGC', ...options, logging, '-cp', `${jars}/*`, ...program],
    cwd: folder,
  };
}

function serverProperties({ kafka, kafkaController }: KafkaPorts, data: string): string {
  return [
    ...oneBroker(kafkaController, data),
    `listeners=PLAINTEXT://127.0.0.1:${kafka},CONTROLLER://127.0.0.1:${kafkaController}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${kafka}`,
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name=PLAINTEXT',
    '',
  ].join('\n');
}

/** Settings of a broker that is its own controller, whoever may talk to it. */
export function oneBroker(controller: number, data: string): string[] {
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controller}`,
    'controller.listener.names=CONTROLLER',
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
    // The 50 partitions of a cluster's default take seconds to open; with one, one answer tells that all are loaded.
    'offsets.topic.num.partitions=1',
  ];
}

const logSettings = `status=error
rootLogger.level=warn
rootLogger.appenderRef.stdout.ref=stdout
appender.stdout.type=Console
appender.stdout.name=stdout
appender.stdout.layout.type=PatternLayout
appender.stdout.layout.pattern=%d{ISO8601} %p %m (%c)%n
`;

/** 22 letters of base64url; not "-" first, which the storage tool would take for an option, as Kafka's own ids avoid it. */
export function newClusterId(random = () => randomBytes(16)): string {
  const id = random().toString('base64url');
  return id.startsWith('-') ? newClusterId(random) : id;
}
