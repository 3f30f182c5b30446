/**
 * The versions of the folds' views. One goes up whenever its tables change, or what they hold of the same log: such views are
 * built anew from the log, beside those that instances of the former version go on with (ADR 0005).
 */
const VIEW_VERSIONS = { registry: 8, activities: 5 };

export type FoldName = keyof typeof VIEW_VERSIONS;
export type ViewVersions = Readonly<Record<FoldName, number>>;

/**
 * Generations of a fold's views that are not live: `next` is being built to replace the live one, `old` was replaced by it,
 * `until` shows the views as of a moment, and `check` is a part that is built to be compared.
 */
export type GenerationKind = 'next' | 'old' | 'until' | 'check';

export const FOLD_NAMES = Object.keys(VIEW_VERSIONS) as FoldName[];

/**
 * The names of everything that is kept on a shared server. Several Tidemarks share Kafka, Postgres and Redis by
 * having different namespaces (`TIDEMARK_NAMESPACE`).
 */
export class Namespace {
  constructor(
    readonly name: string,
    private readonly versions: ViewVersions = VIEW_VERSIONS,
  ) {}

  /** The version of a fold's views that this code writes and reads. */
  version(fold: FoldName): number {
    return this.versions[fold];
  }

  /** A topic, version included: the version is that of the records' format. */
  topic(name: string): string {
    return `${this.name}.${name}.v1`;
  }

  /** The group of consumers that shares a topic's partitions to feed the live generation of a fold's views. */
  group(fold: FoldName): string {
    return `${this.name}.${fold}.v${this.version(fold)}`;
  }

  /** The Postgres schema of the live generation of a fold's views; its commits are announced on a channel of that name. */
  views(fold: FoldName): string {
    return `${this.name}_${fold}_v${this.version(fold)}`;
  }

  /** The Postgres schema of a generation that is not live. */
  generation(fold: FoldName, kind: GenerationKind): string {
    return `${this.name}_${fold}_${kind}`;
  }

  /** A Postgres schema of tables that are no views. */
  schema(name: string): string {
    return `${this.name}_${name}`;
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
