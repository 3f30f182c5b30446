import { Lookups } from '#platform';

/** How many ids are kept at most. */
const MOST = 250_000;

export type Id = number | undefined;

interface Asked<Reference> {
  readonly environment: string;
  readonly reference: Reference;
}

/**
 * Ids that were found to exist, one environment apart from the other, until they are forgotten: whoever has one of these says
 * when. What is not known is asked for, in one statement an environment for all who ask at the same time.
 */
export class KnownIds<Reference> {
  /** By environment, the integer id of each key that names one for ever: the id itself is the first. */
  private readonly known = new Map<string, Map<number | string, number>>();
  private count = 0;
  private timesForgotten = 0;
  private readonly lookups = new Lookups((asked: readonly Asked<Reference>[]) => this.load(asked));

  constructor(
    /** What a reference is known by; nothing where it may name somebody else tomorrow. */
    private readonly keyOf: (reference: Reference) => number | string | undefined,
    private readonly ask: (environment: string, references: Reference[]) => Promise<Id[]>,
  ) {}

  /** The id of each reference, in the same order; asked for anew where what is known is not to be believed. */
  async find(environment: string, references: readonly Reference[], isBelieved: boolean): Promise<Id[]> {
    const known = isBelieved ? this.known.get(environment) : undefined;
    const ids = references.map((reference) => known && this.recall(known, reference));
    if (!ids.includes(undefined)) return ids;
    return Promise.all(
      references.map(async (reference, at) => ids[at] ?? this.lookups.find({ environment, reference })),
    );
  }

  forget(environment: string, id: number): void {
    this.timesForgotten += 1;
    if (this.known.get(environment)?.delete(id)) this.count -= 1;
  }

  forgetAll(): void {
    this.timesForgotten += 1;
    this.known.clear();
    this.count = 0;
  }

  /** Whose own id was forgotten is known by no other key either. */
  private recall(known: ReadonlyMap<number | string, number>, reference: Reference): Id {
    const key = this.keyOf(reference);
    const id = key === undefined ? undefined : known.get(key);
    return id !== undefined && known.has(id) ? id : undefined;
  }

  private async load(asked: readonly Asked<Reference>[]): Promise<Id[]> {
    const ids = new Map<Asked<Reference>, Id>();
    const loadOf = async (environment: string, group: Asked<Reference>[]) => {
      const references = group.map(({ reference }) => reference);
      const before = this.timesForgotten;
      const found = await this.ask(environment, references);
      for (const [at, id] of found.entries()) {
        ids.set(group[at]!, id);
        // What was forgotten since the question may be what the answer still has.
        if (id !== undefined && before === this.timesForgotten) this.note(environment, references[at]!, id);
      }
    };
    await Promise.all([...Map.groupBy(asked, ({ environment }) => environment)].map((group) => loadOf(...group)));
    return asked.map((one) => ids.get(one));
  }

  private note(environment: string, reference: Reference, id: number): void {
    const key = this.keyOf(reference);
    if (key === undefined) return;
    if (this.count + 2 > MOST) this.forgetAll();
    const known = this.known.get(environment) ?? new Map<number | string, number>();
    this.known.set(environment, known);
    const before = known.size;
    known.set(id, id).set(key, id);
    this.count += known.size - before;
  }
}
