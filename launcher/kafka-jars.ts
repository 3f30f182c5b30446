import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { cacheFolder } from './paths.ts';
import { logTail, say } from './progress.ts';
import { Refusal } from './refusal.ts';
import type { Session } from './session.ts';

export const kafkaVersion = '4.1.1';
const pluginVersion = '3.8.1';

// The broker alone brings nothing that writes its log lines, not even those of why it cannot start.
const pomOfBroker = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tidemark</groupId>
  <artifactId>broker</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    ${dependency('org.apache.kafka', 'kafka_2.13', kafkaVersion)}
    ${dependency('org.apache.kafka', 'kafka-tools', kafkaVersion)}
    ${dependency('org.apache.logging.log4j', 'log4j-slf4j-impl', '2.24.3')}
  </dependencies>
</project>
`;

function dependency(group: string, artifact: string, version: string): string {
  return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
}

/** Where the broker's jars are once they have been downloaded. */
export const kafkaJarsFolder = join(
  cacheFolder,
  `kafka-${kafkaVersion}-${createHash('sha256').update(pomOfBroker).digest('hex').slice(0, 8)}`,
);

/** The folder of the broker's jars, downloaded from Maven Central once for all clones of this user. */
export async function kafkaJars({ processes, logs }: Session): Promise<string> {
  const folder = kafkaJarsFolder;
  if (existsSync(folder)) return folder;
  say(`Downloading Kafka ${kafkaVersion} from Maven Central (55 MB, once) …`);
  // Made beside and renamed whole, so that a download that is killed leaves no half cache.
  const draft = `${folder}.${process.pid}`;
  processes.atEnd({ remove: draft });
  mkdirSync(draft, { recursive: true });
  const pom = join(draft, 'pom.xml');
  writeFileSync(pom, pomOfBroker);
  const log = join(logs, 'kafka-download.log');
  const goal = `org.apache.maven.plugins:maven-dependency-plugin:${pluginVersion}:copy-dependencies`;
  await processes.run(
    {
      name: 'maven',
      kind: 'tool',
      command: 'mvn',
      args: ['-q', '-B', '-f', pom, goal, '-DincludeScope=runtime', `-DoutputDirectory=${draft}`],
      cwd: draft,
      output: { log },
    },
    900_000,
    (exitCode) => cannotDownload(exitCode, log),
  );
  rmSync(pom);
  keep(draft, folder);
  return folder;
}

function keep(draft: string, folder: string): void {
  try {
    renameSync(draft, folder);
  } catch (error) {
    // Another clone was quicker; its jars are the same.
    if (!existsSync(folder)) throw error;
  }
}

function cannotDownload(exitCode: number, log: string): Refusal {
  if (exitCode === 127) {
    return new Refusal(
      'Kafka is downloaded with Maven, which is not on the PATH: install it (Debian: apt-get install -y maven), ' +
        'start Docker, or set KAFKA_BROKERS.',
    );
  }
  return new Refusal(
    `Kafka could not be downloaded (${log}):\n${logTail(log)}\n` +
      'Try again with a connection to Maven Central, start Docker, or set KAFKA_BROKERS.',
  );
}
