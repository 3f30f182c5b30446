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

// Where an author line has no address, git prints the letters %aE and %aN in place of them; it is known by %ae, which is empty
// then. %aE and %aN follow .mailmap, whatever --no-mailmap says.
const fields = ({ mailmap }: GitRepository) => {
  const author = mailmap ? ['%aE', '%aN'] : ['%ae', '%an'];
  return ['%H', '%ae', ...author, '%at', '%ct', '%s'];
};
const FIELDS = 7;
/** Not notes, stash, refs/original, refs/pull or what replaces a commit: nobody's history is there. */
const REFERENCES = ['--branches', '--remotes', '--tags'];
const HASH = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** Enough of what git says on stderr to quote it. */
const KEPT_STDERR = 8_192;

/**
 * All commits that branches, tags and HEAD reach, latest first, some at a time as git prints them.
 * @throws ImportError when git stops before the end
 */
export async function* readHistory(repository: GitRepository): AsyncGenerator<Commit[]> {
  yield* log(repository, await referencesOf(repository));
}

/** How many commits `readHistory` gives; undefined when git cannot tell. */
export async function countCommits(repository: GitRepository, signal?: AbortSignal): Promise<number | undefined> {
  const references = await referencesOf(repository);
  return ask(repository, ['rev-list', ...references, '--count'], signal).then(Number, () => undefined);
}

/** The oldest one of HEAD's first parents, and HEAD's own commit, by which a repository is known again. */
export async function endsOf(repository: GitRepository): Promise<Commit[]> {
  // A bare repository's HEAD may name a branch that it never had.
  const first = ['for-each-ref', '--count=1', '--format=%(objectname)', 'refs/heads', 'refs/remotes', 'refs/tags'];
  const head = (await headOf(repository)) || (await ask(repository, first));
  if (!head) return [];
  const oldest = await ask(repository, ['rev-list', '--first-parent', '--max-parents=0', head]).catch(() => '');
  const ends: Commit[] = [];
  for await (const commits of log(repository, ['--no-walk', ...[oldest, head].filter(Boolean)])) ends.push(...commits);
  return ends;
}

async function* log(repository: GitRepository, which: readonly string[]): AsyncGenerator<Commit[]> {
  const format = `--format=${fields(repository).join('%x00')}`;
  const plain = ['-z', '--no-color', '--no-decorate', '--no-mailmap'];
  const git = start(repository, ['log', ...plain, format, ...which]);
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

async function referencesOf(repository: GitRepository): Promise<string[]> {
  const head = await headOf(repository);
  // A repository may have no branch yet, or a HEAD that no branch reaches.
  return head === undefined ? REFERENCES : [...REFERENCES, head];
}

function headOf(repository: GitRepository): Promise<string | undefined> {
  return ask(repository, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']).catch(() => undefined);
}

/**
 * The commits in NUL-separated output; returns how many fields were left over. Bytes are decoded only up to a NUL, so
 * that text which is no UTF-8 reads the same wherever the chunks happen to end.
 */
export async function* commitsOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Commit[], number> {
  let pending: Buffer[] = [];
  let texts: string[] = [];
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(0);
    if (end < 0) {
      pending.push(chunk);
      continue;
    }
    const text = Buffer.concat([...pending, chunk.subarray(0, end)]).toString('utf8');
    pending = [chunk.subarray(end + 1)];
    texts.push(...text.split('\0'));
    const whole = texts.length - (texts.length % FIELDS);
    yield commitsIn(texts, whole);
    texts = texts.slice(whole);
  }
  return texts.length + pending.reduce((bytes, { length }) => bytes + length, 0);
}

function commitsIn(texts: readonly string[], end: number): Commit[] {
  const commits: Commit[] = [];
  for (let at = 0; at < end; at += FIELDS) {
    const fields = texts.slice(at, at + FIELDS);
    const [hash = '', plain, mapped = '', named = '', authorTime = '', committerTime = '', subject = ''] = fields;
    if (!HASH.test(hash)) throw new ImportError(`git printed "${hash.slice(0, 80)}" where a commit's hash belongs.`);
    const [address, name] = plain === '' && mapped === '%aE' ? ['', ''] : [mapped, named];
    commits.push({ hash, address, name, authorTime, committerTime, subject });
  }
  return commits;
}

function stopped({ path }: GitRepository, said: string): ImportError {
  // A bare partial clone may lack the very tree that .mailmap stands in.
  const hint = /mailmap|fetch/i.test(said) ? ' --no-mailmap takes authors as the commits have them.' : '';
  return new ImportError(`git could not read the whole history of ${path}: ${complaint(said)}${hint}`);
}
