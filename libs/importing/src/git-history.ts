import { once } from 'node:events';
import { ask, complaint, type GitRepository, start } from './git-repository.js';
import { ImportError } from './import-error.js';

/** A commit as git tells it, unchecked: any text may be empty or absurd. */
export interface Commit {
  readonly hash: string;
  readonly address: string;
  readonly name: string;
  /** Seconds since the epoch, as git read them from the object: maybe nothing, maybe no time at all. */
  readonly authorTime: string;
  readonly committerTime: string;
  readonly subject: string;
}

const FIELDS = ['%H', '%ae', '%an', '%at', '%ct', '%s'];
const HASH = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** Enough of what git says on stderr to quote it. */
const KEPT_STDERR = 8_192;

/**
 * All commits that any reference reaches, latest first, some at a time as git prints them.
 * @throws ImportError when git stops before the end
 */
export async function* readHistory(repository: GitRepository): AsyncGenerator<Commit[]> {
  const format = `--format=${FIELDS.join('%x00')}`;
  // Of a bare repository, the mailmap would be read out of a tree, which a partial clone may lack.
  const plain = ['-z', '--no-color', '--no-decorate', '--no-mailmap'];
  const git = start(repository, ['log', '--all', ...plain, format]);
  const ended = once(git, 'close') as Promise<[number | null, string | null]>;
  // Awaited below only when the output ended; an end for another reason must not be an unhandled rejection.
  ended.catch(() => undefined);
  let said = '';
  git.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(0, KEPT_STDERR)));
  try {
    const rest = yield* commitsOf(git.stdout as AsyncIterable<Buffer>);
    const [code, signal] = await ended;
    if (code !== 0) throw stopped(repository, said || `it ended with ${signal ?? code}`);
    if (rest > 0) throw stopped(repository, 'its output ended inside a commit');
  } finally {
    git.kill();
  }
}

/** How many commits `readHistory` gives; undefined when git cannot tell. */
export async function countCommits(repository: GitRepository, signal?: AbortSignal): Promise<number | undefined> {
  return ask(repository, ['rev-list', '--all', '--count'], signal).then(Number, () => undefined);
}

/**
 * The commits in NUL-separated output; returns how many fields were left over. Bytes are decoded only up to a NUL, so
 * that text which is no UTF-8 reads the same wherever the chunks happen to end.
 */
export async function* commitsOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Commit[], number> {
  let pending: Buffer[] = [];
  let fields: string[] = [];
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(0);
    if (end < 0) {
      pending.push(chunk);
      continue;
    }
    const text = Buffer.concat([...pending, chunk.subarray(0, end)]).toString('utf8');
    pending = [chunk.subarray(end + 1)];
    fields.push(...text.split('\0'));
    const whole = fields.length - (fields.length % FIELDS.length);
    yield commitsIn(fields, whole);
    fields = fields.slice(whole);
  }
  return fields.length + pending.reduce((bytes, { length }) => bytes + length, 0);
}

function commitsIn(fields: readonly string[], end: number): Commit[] {
  const commits: Commit[] = [];
  for (let at = 0; at < end; at += FIELDS.length) {
    const [hash = '', address = '', name = '', authorTime = '', committerTime = '', subject = ''] = fields.slice(
      at,
      at + FIELDS.length,
    );
    if (!HASH.test(hash)) throw new ImportError(`git printed "${hash.slice(0, 80)}" where a commit's hash belongs.`);
    commits.push({ hash, address, name, authorTime, committerTime, subject });
  }
  return commits;
}

function stopped({ path }: GitRepository, said: string): ImportError {
  return new ImportError(`git could not read the whole history of ${path}: ${complaint(said)}`);
}
