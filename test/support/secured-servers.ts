import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClassArchive, requireJava } from '../../launcher/java.ts';
import { newClusterId, oneBroker } from '../../launcher/kafka.ts';
import { kafkaJars } from '../../launcher/kafka-jars.ts';
import { makeFolder } from '../../launcher/paths.ts';
import { choosePorts } from '../../launcher/ports.ts';
import { asAccount, optionsOf, platformBinaries } from '../../launcher/postgres.ts';
import { postgresAccount } from '../../launcher/postgres-account.ts';
import { Refusal } from '../../launcher/refusal.ts';
import { openThrowAwaySession, type Session } from '../../launcher/session.ts';
import { type Certificates, makeCertificates } from './certificates.ts';

/** Servers that let nobody in without TLS and a password, or at `mutual` without a certificate. */
export interface SecuredServers {
  readonly certificates: Certificates;
  /** `host:port` of Kafka: with SASL over TLS, and with certificates of both sides. */
  readonly kafka: { readonly sasl: string; readonly mutual: string };
  readonly postgresPort: number;
  readonly redisPort: number;
  stop(): Promise<void>;
}

/** The user of all servers. Its password has what separates things elsewhere. */
export const USER = 'tidemark';
export const PASSWORD = 'open:Sesame-1/2';
export const SCRAM = ['SCRAM-SHA-256', 'SCRAM-SHA-512'];

interface Ports {
  readonly sasl: number;
  readonly mutual: number;
  readonly internal: number;
  readonly controller: number;
  readonly postgres: number;
  readonly redis: number;
}

/** Resolves when they have been started; they may not answer yet. */
export async function startSecuredServers(): Promise<SecuredServers> {
  const session = await openThrowAwaySession('secured');
  try {
    const certificates = makeCertificates(makeFolder(join(session.folder, 'certificates'), 0o700));
    const ports = await choosePorts(['sasl', 'mutual', 'internal', 'controller', 'postgres', 'redis'], {});
    await Promise.all([
      startKafka(session, ports, certificates),
      startPostgres(session, ports, certificates),
      startRedis(session, ports, certificates),
    ]);
    const kafka = { sasl: `127.0.0.1:${ports.sasl}`, mutual: `127.0.0.1:${ports.mutual}` };
    const stop = () => session.processes.stopAll();
    return { certificates, kafka, postgresPort: ports.postgres, redisPort: ports.redis, stop };
  } catch (error) {
    await session.processes.stopAll();
    throw error;
  }
}

async function startKafka(session: Session, ports: Ports, certificates: Certificates): Promise<void> {
  const folder = makeFolder(join(session.folder, 'kafka'), 0o700);
  const properties = join(folder, 'server.properties');
  writeFileSync(properties, kafkaProperties(ports, certificates, join(folder, 'data')), { mode: 0o600 });
  const jars = await kafkaJars(session);
  const archive = new ClassArchive(jars, requireJava());
  const java = (name: string, kind: 'server' | 'tool', ...program: string[]) => ({
    name,
    kind,
    command: 'java',
    args: [
      '-Xmx256m',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      ...archive.toRead,
      '-cp',
      `${jars}/*`,
      ...program,
    ],
    cwd: folder,
    output: { log: join(session.logs, `${name}.log`) },
  });
  const users = SCRAM.flatMap((mechanism) => ['--add-scram', `${mechanism}=[name=${USER},password=${PASSWORD}]`]);
  const format = ['kafka.tools.StorageTool', 'format', '-t', newClusterId(), '-c', properties, ...users];
  await session.processes.run(java('format', 'tool', ...format), 120_000, failed('the storage of Kafka'));
  session.processes.start(java('kafka', 'server', 'kafka.Kafka', properties));
}

function kafkaProperties({ sasl, mutual, internal, controller }: Ports, one: Certificates, data: string): string {
  const jaas = 'org.apache.kafka.common.security';
  const addresses = `SASL://127.0.0.1:${sasl},MUTUAL://127.0.0.1:${mutual},INTERNAL://127.0.0.1:${internal}`;
  return [
    ...oneBroker(controller, data),
    `listeners=${addresses},CONTROLLER://127.0.0.1:${controller}`,
    `advertised.listeners=${addresses}`,
    'listener.security.protocol.map=SASL:SASL_SSL,MUTUAL:SSL,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name=INTERNAL',
    'ssl.keystore.type=PEM',
    `ssl.keystore.location=${one.both}`,
    'ssl.truststore.type=PEM',
    `ssl.truststore.location=${one.ca}`,
    'listener.name.mutual.ssl.client.auth=required',
    `sasl.enabled.mechanisms=PLAIN,${SCRAM.join(',')}`,
    `listener.name.sasl.plain.sasl.jaas.config=${jaas}.plain.PlainLoginModule required user_${USER}="${PASSWORD}";`,
    ...SCRAM.map((mechanism) => {
      const name = `listener.name.sasl.${mechanism.toLowerCase()}.sasl.jaas.config`;
      return `${name}=${jaas}.scram.ScramLoginModule required;`;
    }),
    '',
  ].join('\n');
}

async function startPostgres(session: Session, { postgres }: Ports, { cert, key }: Certificates): Promise<void> {
  const binaries = await platformBinaries();
  const account = postgresAccount(binaries.initdb);
  const folder = makeFolder(join(session.folder, 'postgres'));
  account.own(folder);
  const own = (file: string, content?: string) => {
    const path = join(folder, file);
    if (content !== undefined) writeFileSync(path, content, { mode: 0o600 });
    account.own(path);
    return path;
  };
  copyFileSync(cert, join(folder, 'cert'));
  copyFileSync(key, join(folder, 'key'));
  const [certFile, keyFile] = [own('cert'), own('key')];
  const hba = own('hba', 'hostssl all all 127.0.0.1/32 scram-sha-256\n');
  const run = (program: string[], kind: 'server' | 'tool', log: string) => {
    return {
      name: log,
      kind,
      ...asAccount(account, program),
      cwd: '/',
      output: { log: join(session.logs, `${log}.log`) },
    };
  };
  const init = [binaries.initdb, '-D', join(folder, 'data'), '-U', USER, `--pwfile=${own('password', PASSWORD)}`];
  await session.processes.run(
    run([...init, '--no-sync'], 'tool', 'initdb'),
    120_000,
    failed('a cluster of PostgreSQL'),
  );
  const settings = {
    listen_addresses: '127.0.0.1',
    port: postgres,
    unix_socket_directories: '',
    fsync: 'off',
    ssl: 'on',
    ssl_cert_file: certFile,
    ssl_key_file: keyFile,
    hba_file: hba,
  };
  const server = run([binaries.postgres, '-D', join(folder, 'data'), ...optionsOf(settings)], 'server', 'postgres');
  session.processes.start({ ...server, stopSignal: 'SIGINT' });
}

async function startRedis(session: Session, { redis }: Ports, { ca, cert, key }: Certificates): Promise<void> {
  const tls = ['--tls-port', String(redis), '--port', '0', '--tls-auth-clients', 'no'];
  const files = ['--tls-ca-cert-file', ca, '--tls-cert-file', cert, '--tls-key-file', key];
  session.processes.start({
    name: 'redis',
    kind: 'server',
    command: 'redis-server',
    args: ['--bind', '127.0.0.1', ...tls, ...files, '--requirepass', PASSWORD, '--save', '', '--dir', session.folder],
    output: { log: join(session.logs, 'redis.log') },
  });
}

const failed = (what: string) => (exitCode: number) => new Refusal(`${what} could not be made (exit code ${exitCode})`);
