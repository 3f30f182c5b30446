import { type Readable } from 'node:stream';
import { concurrently } from './concurrently.js';
import { ImportError } from './import-error.js';
import { InOrder } from './in-order.js';
import { CheckpointFile, type ImportCheckpoint, type LineCounts, resumeReader } from './checkpoint-file.js';
import { sendHistory } from './history.js';
import { lineInput, type LineInput } from './line-input.js';
import { type Batch, batchesOf, type RefusedLine } from './ndjson-batches.js';
import { LineReader, type LinePosition } from './ndjson-lines.js';
import { type Progress } from './progress.js';
import { Refusals, type Refused } from './refusals.js';
import { type Patience, type Service, ServiceClient } from './service-client.js';

export interface NdjsonImport {
  /** The path of a file, or a stream of bytes. */
  readonly input: string | Readable;
  /** Tells inputs apart that may have equal lines at equal places; one name for one input, for ever. */
  readonly source?: string;
  readonly service: Service;
  readonly patience?: Patience;
  /** Where to note how far the import of a file is, until it is done: so that the next one goes on from there. */
  readonly checkpointPath?: string;
  /** Begins at the first line, whatever was noted. */
  readonly restart?: boolean;
  /** Ends the import when what is on its way has been answered. */
  readonly signal?: AbortSignal;
  onProgress?(progress: Progress): void;
  /** What the person should know at once, in a sentence. */
  onRemark?(remark: string): void;
}

/** What an import came to. Times in seconds, rates in lines per second. */
export interface NdjsonSummary {
  readonly input: string;
  /** Of all lines that are not blank, those of the interrupted import before included. */
  readonly lines: LineCounts;
  /** The number of the line behind which this import began: 0, or where one that was interrupted had come to. */
  readonly resumedAfter: number;
  readonly seconds: number;
  readonly linesPerSecond: number;
  readonly refusals: readonly Refused<'line'>[];
  /** The first refused lines, in the order of the input. */
  readonly refusedLines: readonly RefusedLine[];
}

/** No larger: live requests would wait behind it in the process that takes it, and larger ones were no faster. */
const SIZE = { lines: 2_000, bytes: 4 * 1024 * 1024 };
/** Most of them wait to be let in, a second each time: with half as many the views would run out of work. */
const BATCHES_AT_ONCE = 16;
/** How far one batch may be left behind by others, which bounds what is remembered of them. */
const WIDTH = 64;
/** How many refused lines are told one by one. */
const TOLD = 20;

/**
 * Each line an activity. One without an id gets one of its number and its bytes: whatever was imported before stays as
 * it is, so an import that was interrupted is simply started again.
 * @throws ImportError when the input cannot be read, the service takes nothing, or the signal came
 */
export async function importNdjson(request: NdjsonImport): Promise<NdjsonSummary> {
  const begin = performance.now();
  const run = await Run.of(request);
  try {
    await run.sendAll();
  } catch (error) {
    throw run.ended(error);
  }
  return run.summary((performance.now() - begin) / 1000);
}

/** What became of a batch. */
type Settled = Pick<Batch, 'place' | 'named' | 'refused'> & { readonly accepted: number };

/** Where an import begins: its first line, or where one that was interrupted had come to. */
interface Start {
  readonly reader: LineReader;
  readonly counts: LineCounts;
}

class Run {
  private readonly client: ServiceClient;
  private readonly order = new InOrder<Settled>(WIDTH, (settled) => this.pass(settled));
  private readonly refusals = new Refusals<'line'>();
  private readonly told: RefusedLine[] = [];
  private readonly resumedAfter: number;
  private place: LinePosition;
  private counts: LineCounts;

  private constructor(
    private readonly request: NdjsonImport,
    private readonly input: LineInput,
    private readonly checkpointFile: CheckpointFile | undefined,
    private readonly start: Start,
  ) {
    this.client = new ServiceClient(request.service, request.patience);
    this.counts = start.counts;
    this.place = start.reader.place();
    this.resumedAfter = this.place.lines;
  }

  static async of(request: NdjsonImport): Promise<Run> {
    const input = lineInput(request.input);
    const file = input.path && request.checkpointPath ? new CheckpointFile(request.checkpointPath) : undefined;
    const found = request.restart ? undefined : file?.read();
    const reader = found && (await resumeReader(found.place, input.path!));
    if (found) request.onRemark?.(reader ? resumed(found) : CHANGED);
    const start = found && reader ? { reader, counts: found.counts } : { reader: new LineReader(), counts: NONE };
    return new Run(request, input, file, start);
  }

  async sendAll(): Promise<void> {
    const stream = this.input.open(this.place.offset);
    const { signal, source } = this.request;
    signal?.addEventListener('abort', () => stream.destroy(), { once: true });
    const batches = batchesOf(stream, this.start.reader, SIZE, source);
    const send = (batch: Batch) => this.order.run(() => this.settled(batch));
    await concurrently(batches, BATCHES_AT_ONCE, send).finally(() => this.order.end());
    this.checkpointFile?.forget();
  }

  summary(seconds: number): NdjsonSummary {
    return {
      input: this.input.name,
      lines: this.counts,
      resumedAfter: this.resumedAfter,
      seconds,
      linesPerSecond: this.answered() / seconds,
      refusals: this.refusals.list(),
      refusedLines: this.told,
    };
  }

  /** What ended the import before its time, and what that means for the next one. */
  ended(cause: unknown): unknown {
    const { signal } = this.request;
    if (this.answered() > 0) this.checkpointFile?.keep({ place: this.place, counts: this.counts }, { isLast: true });
    const isFileError = typeof (cause as { code?: unknown }).code === 'string';
    if (!signal?.aborted && !isFileError && !(cause instanceof ImportError)) return cause;
    const said = signal?.aborted ? 'Interrupted.' : sentence((cause as Error).message);
    if (this.answered() === 0) return new ImportError(said);
    const isKept = this.checkpointFile && !this.checkpointFile.failure;
    const again = isKept ? 'goes on from there' : 'sends all of it again';
    return new ImportError(
      `${said} All up to line ${this.place.lines} has been answered; importing again ${again} and counts nothing twice.`,
    );
  }

  private async settled({ numbers, body, named, refused, place }: Batch): Promise<Settled> {
    if (numbers.length === 0) return { place, accepted: 0, named, refused };
    const { accepted, rejected } = await sendHistory(this.client, numbers.length, body, 'application/x-ndjson');
    const told = rejected.map(({ index, code, detail }) => ({ number: numbers[index] ?? 0, code, detail }));
    return { place, accepted, named, refused: [...refused, ...told].sort((one, other) => one.number - other.number) };
  }

  private pass({ place, accepted, named, refused }: Settled): void {
    const { counts } = this;
    this.counts = {
      accepted: counts.accepted + accepted,
      refused: counts.refused + refused.length,
      named: counts.named + named,
    };
    for (const { number, code, detail } of refused) this.refusals.add('line', code, `line ${number}`, detail);
    this.told.push(...refused.slice(0, TOLD - this.told.length));
    this.place = place;
    const failure = this.checkpointFile?.keep({ place, counts: this.counts });
    if (failure) this.request.onRemark?.(unkept(failure));
    this.request.onProgress?.(this.progress());
  }

  /** Lines, by this import. */
  private answered(): number {
    const { counts, start } = this;
    return counts.accepted + counts.refused - start.counts.accepted - start.counts.refused;
  }

  private progress(): Progress {
    const { accepted, refused } = this.counts;
    const { offset } = this.place;
    const whole = Math.max(this.input.size ?? 0, offset);
    const more = [`${refused} refused`];
    return { done: offset, whole, count: this.answered(), counted: `${accepted + refused} lines`, more };
  }
}

const NONE: LineCounts = { accepted: 0, refused: 0, named: 0 };
const CHANGED = 'The file has changed since an import of it was interrupted: this one begins with the first line.';

function resumed({ place: { lines } }: ImportCheckpoint): string {
  return `Goes on behind line ${lines}, to where an import came that was interrupted; --restart sends all again.`;
}

function unkept({ message }: Error): string {
  return `How far it is cannot be noted (${message}): if it is interrupted, the next one sends all again.`;
}

const sentence = (text: string) => (/[.?!]$/.test(text) ? text : `${text}.`);
