import { Authors } from './authors.js';
import { concurrently, oneAhead } from './concurrently.js';
import { CountedBefore } from './counted-before.js';
import { type Activity, activityOf } from './git-activities.js';
import { type Commit, countCommits, endsOf, readHistory } from './git-history.js';
import { openRepository } from './git-repository.js';
import { ImportError } from './import-error.js';
import { type Progress } from './progress.js';
import { type Refused } from './refusals.js';
import { type Patience, type Service, ServiceClient } from './service-client.js';
import { type ChangedAuthor, Tally } from './tally.js';
import { LatestTaken } from './latest-taken.js';
import { sendHistory } from './history.js';
import { type Workspace, workspaceNamed, workspaceOf } from './workspaces.js';

export interface GitImport {
  /** A folder: a repository, bare or not. */
  readonly repository: string;
  /** The name of the workspace; by default the one that the repository was imported into before, else its own. */
  readonly workspace?: string;
  /** False: authors as the commits have them, whatever `.mailmap` says. */
  readonly mailmap?: boolean;
  readonly service: Service;
  readonly patience?: Patience;
  /** The environment in which git runs. */
  readonly env: NodeJS.ProcessEnv;
  onProgress?(progress: Progress): void;
}

type Counts = ReturnType<Tally['counts']>;

/** What an import came to. Times in seconds, rates in commits per second. */
export interface ImportSummary extends Counts {
  readonly repository: string;
  readonly workspace: Workspace;
  readonly seconds: number;
  readonly commitsPerSecond: number;
  /** The part of it that was spent waiting for git. */
  readonly readingSeconds: number;
  readonly altered: Tally['altered'];
  readonly changedAuthors: readonly ChangedAuthor[];
  readonly refusals: readonly Refused[];
  /** False where the service's views lagged too far behind to wait until they show all of it. */
  readonly isShown: boolean;
}

/** The authors of so many commits are looked for at once: few round trips, and little memory. */
const WINDOW = 5_000;
const BATCH_ITEMS = 1_000;
/** Half of what the service takes in one request. */
const BATCH_BYTES = 4 * 1024 * 1024;
const BATCHES_AT_ONCE = 4;

/**
 * Each author a user, the repository a workspace, each commit an activity. Whatever was imported before stays as it
 * is, so an import that was interrupted is simply started again.
 * @throws ImportError when the repository cannot be read or the service takes nothing
 */
export async function importGit(request: GitImport): Promise<ImportSummary> {
  const begin = performance.now();
  const repository = await openRepository(request.repository, request.env, request);
  const client = new ServiceClient(request.service, request.patience);
  const before = new CountedBefore(client);
  const workspace = await (request.workspace === undefined
    ? workspaceOf(client, before, await endsOf(repository), repository.name)
    : workspaceNamed(client, request.workspace));
  const run = new Run(client, workspace, before, request);
  const ended = new AbortController();
  const counting = countCommits(repository, ended.signal).then((total) => (run.total = total));
  try {
    await concurrently(run.batches(readHistory(repository)), BATCHES_AT_ONCE, (batch) => run.send(batch));
  } catch (error) {
    ended.abort();
    throw interrupted(error, run.tally.commits.accepted);
  }
  await counting;
  run.report();
  const isShown = await run.latest.shown(client, request.patience?.patienceMs);
  const seconds = (performance.now() - begin) / 1000;
  const { accepted, countedBefore } = run.tally.commits;
  return {
    repository: repository.path,
    workspace,
    ...run.tally.counts(),
    seconds,
    commitsPerSecond: (accepted + countedBefore) / seconds,
    readingSeconds: run.readingMs / 1000,
    altered: run.tally.altered,
    changedAuthors: run.tally.changedAuthors,
    refusals: run.tally.refusals.list(),
    isShown,
  };
}

class Run {
  readonly tally = new Tally();
  readonly latest = new LatestTaken();
  readingMs = 0;
  total: number | undefined;
  private readonly authors: Authors;
  // What has no date of its own happened no later than now.
  private readonly now = Date.now();

  constructor(
    private readonly client: ServiceClient,
    private readonly workspace: Workspace,
    private readonly before: CountedBefore,
    private readonly request: GitImport,
  ) {
    this.authors = new Authors(client, before, this.tally);
  }

  /** What is new of the history as bodies of requests. The authors of the commits that come next are met meanwhile. */
  async *batches(history: AsyncGenerator<Commit[]>): AsyncGenerator<Activity[]> {
    for await (const commits of oneAhead(this.registered(history))) {
      yield* inBatches(commits.filter((commit) => this.isNew(commit)).map((commit) => this.activity(commit)));
    }
  }

  private async *registered(history: AsyncGenerator<Commit[]>): AsyncGenerator<Commit[]> {
    for await (const commits of this.windows(history)) {
      this.tally.commits.read += commits.length;
      await this.authors.meet(commits);
      this.report();
      yield commits;
    }
  }

  async send(batch: Activity[]): Promise<void> {
    const { accepted, rejected } = await sendHistory(this.client, batch.length, JSON.stringify(batch));
    this.tally.commits.accepted += accepted;
    const refused = new Set(rejected.map(({ index }) => index));
    batch.forEach((activity, index) => !refused.has(index) && this.latest.add(activity));
    for (const { index, code, detail } of rejected) {
      this.tally.refused('commit', code, batch[index]?.id ?? `number ${index} of a request`, detail);
    }
    this.report();
  }

  report(): void {
    const { commits, authors } = this.tally.counts();
    const done = commits.accepted + commits.countedBefore + commits.refused;
    const of = this.total === undefined ? '' : ` of ${this.total}`;
    this.request.onProgress?.({
      done,
      whole: Math.max(this.total ?? 0, commits.read),
      count: done,
      counted: `${done}${of} commits`,
      more: [`${authors.total} authors`, `${commits.refused + authors.refused} refused`],
    });
  }

  private async *windows(history: AsyncGenerator<Commit[]>): AsyncGenerator<Commit[]> {
    const window: Commit[] = [];
    let asked = performance.now();
    for await (const commits of history) {
      this.readingMs += performance.now() - asked;
      window.push(...commits);
      while (window.length >= WINDOW) yield window.splice(0, WINDOW);
      asked = performance.now();
    }
    if (window.length > 0) yield window;
  }

  private isNew({ address, hash }: Commit): boolean {
    const user = this.authors.userOf(address);
    if (!('userId' in user) || !this.before.has(user.userId, hash)) return true;
    this.tally.commits.countedBefore += 1;
    return false;
  }

  private activity(commit: Commit): Activity {
    const activity = activityOf(commit, this.authors.userOf(commit.address), this.workspace.id, this.now);
    if (activity.data.authorDate !== undefined) this.tally.altered.dates += 1;
    if (activity.data.subject !== commit.subject) this.tally.altered.subjects += 1;
    return activity;
  }
}

function* inBatches(activities: readonly Activity[]): Generator<Activity[]> {
  let batch: Activity[] = [];
  let bytes = 0;
  for (const activity of activities) {
    // At most three bytes a UTF-16 unit, six as an escape: near enough, and far below the service's limit.
    const size = 900 + activity.data.subject.length * 3;
    if (batch.length === BATCH_ITEMS || bytes + size > BATCH_BYTES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(activity);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

function interrupted(error: unknown, accepted: number): unknown {
  if (!(error instanceof ImportError) || accepted === 0) return error;
  return new ImportError(
    `${error.message} ${accepted} commits had been accepted by then; importing again is safe and adds the rest.`,
  );
}
