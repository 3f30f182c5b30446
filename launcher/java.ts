import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { Refusal } from './refusal.ts';

const oldest = 17;

/** The version of the Java on the PATH, e.g. 17.0.15; refused where there is none that runs Kafka. */
export function requireJava(): string {
  const { stderr, status } = spawnSync('java', ['-version'], { encoding: 'utf8', timeout: 10_000 });
  const version = /version "([^"]+)"/.exec(stderr ?? '')?.[1] ?? '';
  if (status === 0 && Number.parseInt(version) >= oldest) return version;
  const found = status === 0 ? `this is Java ${version}` : 'there is no java on the PATH';
  throw new Refusal(
    `Kafka runs on Java ${oldest} or later, and ${found}: install it (Debian: apt-get install -y ` +
      'openjdk-17-jre-headless maven), start Docker, or set KAFKA_BROKERS.',
  );
}

/**
 * An archive of the broker's classes, loaded and checked once for all: with it a broker is up for half of the work.
 * The first broker of a version of Java writes it as it ends.
 */
export class ClassArchive {
  readonly #path: string;
  readonly #draft: string;

  constructor(jars: string, javaVersion: string) {
    this.#path = `${jars}-java-${javaVersion}.jsa`;
    this.#draft = `${this.#path}.${process.pid}`;
  }

  /** Java itself ignores an archive that does not fit it. */
  get toRead(): string[] {
    return existsSync(this.#path) ? ['-Xlog:cds*=error', `-XX:SharedArchiveFile=${this.#path}`] : [];
  }

  get toReadOrWrite(): string[] {
    return existsSync(this.#path) ? this.toRead : ['-Xlog:cds*=error', `-XX:ArchiveClassesAtExit=${this.#draft}`];
  }

  /** Keeps what a broker has written that ended in its own time; one that was killed may have written half of it. */
  keep(exitCode: number): void {
    if (!existsSync(this.#draft)) return;
    if (exitCode === 0 || exitCode === 128 + 15) renameSync(this.#draft, this.#path);
    else rmSync(this.#draft, { force: true });
  }
}
