/**
 * The names of everything that is kept on a shared server. Several Tidemarks share Kafka, Postgres and Redis by
 * having different namespaces (`TIDEMARK_NAMESPACE`).
 */
export class Namespace {
  constructor(readonly name: string) {}

  /** A topic, version included: the version is that of the records' format. */
  topic(name: string): string {
    return `${this.name}.${name}.v1`;
  }

  /** The group of consumers that shares a topic's partitions to feed one fold. */
  group(fold: string): string {
    return `${this.name}.${fold}`;
  }

  /** The Postgres schema of the live generation of a fold's views. */
  schema(fold: string): string {
    return `${this.name}_${fold}`;
  }

  /** A NOTIFY channel. */
  channel(name: string): string {
    return `${this.name}_${name}`;
  }

  /** A Redis key. */
  key(...parts: (string | number)[]): string {
    return [this.name, ...parts].join(':');
  }
}
