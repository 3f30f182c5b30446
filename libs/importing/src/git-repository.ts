import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { ImportError } from './import-error.js';
import { isVisible } from './plain-text.js';

/** A repository on this machine, bare or with a work tree. */
export interface GitRepository {
  readonly path: string;
  /** The folder's name, without `.git`. */
  readonly name: string;
  /** Whether authors are as `.mailmap` has them. */
  readonly mailmap: boolean;
  /** The environment in which git runs. */
  readonly env: NodeJS.ProcessEnv;
}

/** What git sets for its hooks and would take for the repository that is meant (`git rev-parse --local-env-vars`). */
const OTHER_REPOSITORY = [
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_CONFIG',
  'GIT_CONFIG_COUNT',
  'GIT_CONFIG_PARAMETERS',
  'GIT_DIR',
  'GIT_GRAFT_FILE',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_NAMESPACE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_PREFIX',
  'GIT_REPLACE_REF_BASE',
  'GIT_SHALLOW_FILE',
  'GIT_WORK_TREE',
];

const SETTINGS = [
  // Reading is no danger, and repositories are often read by another user than their owner.
  'safe.directory=*',
  'safe.bareRepository=all',
  'i18n.logOutputEncoding=UTF-8',
  'log.showSignature=false',
];

/**
 * Makes sure that the folder itself is a repository.
 * @throws ImportError when it is none, or git is missing
 */
export async function openRepository(
  path: string,
  env: NodeJS.ProcessEnv,
  { mailmap = true }: { readonly mailmap?: boolean } = {},
): Promise<GitRepository> {
  const folder = await realpath(path).catch(() => {
    throw new ImportError(`There is no folder ${path}.`);
  });
  const repository = { path: folder, name: repositoryName(path), mailmap, env: gitEnvironment(folder, env) };
  try {
    await ask(repository, ['rev-parse', '--git-dir']);
    return repository;
  } catch (error) {
    throw notReadable(path, error);
  }
}

/** `/srv/emmett.git/` is `emmett`, and so is `/srv/emmett/.git`. */
export function repositoryName(path: string): string {
  const full = resolve(path);
  const names = [basename(full).replace(/\.git$/, ''), basename(dirname(full)), 'repository'];
  return names.find(isVisible)!.normalize('NFC');
}

/** What one short git command prints. @throws the error of `execFile` */
export async function ask(repository: GitRepository, args: readonly string[], signal?: AbortSignal): Promise<string> {
  const { stdout } = await promisify(execFile)('git', argumentsFor(repository, args), { env: repository.env, signal });
  return stdout.trim();
}

/** Starts a git command whose output is read as it comes. */
export function start(
  repository: GitRepository,
  args: readonly string[],
): ChildProcessByStdio<null, Readable, Readable> {
  return spawn('git', argumentsFor(repository, args), { env: repository.env, stdio: ['ignore', 'pipe', 'pipe'] });
}

function argumentsFor(repository: GitRepository, args: readonly string[]): string[] {
  return [...SETTINGS.flatMap((setting) => ['-c', setting]), '-C', repository.path, ...args];
}

function gitEnvironment(folder: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(([name]) => !OTHER_REPOSITORY.includes(name));
  return {
    ...Object.fromEntries(own),
    // A folder inside a repository is not that repository.
    GIT_CEILING_DIRECTORIES: dirname(folder),
    // A partial clone must not fetch what it lacks; git before 2.45 knows only the second.
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_OPTIONAL_LOCKS: '0',
    // A commit is what its author made, and not what somebody puts in its place later.
    GIT_NO_REPLACE_OBJECTS: '1',
    LC_ALL: 'C',
  };
}

function notReadable(path: string, error: unknown): ImportError {
  const { code, stderr = '' } = error as { code?: unknown; stderr?: string };
  if (code === 'ENOENT') return new ImportError('git is needed for this and is not on the PATH.');
  const isNone = /not a git repository|cannot change to/i.test(stderr);
  return new ImportError(isNone ? `${path} is no git repository.` : `git cannot read ${path}: ${complaint(stderr)}`);
}

/** The line in which git says what is wrong. */
export function complaint(stderr: string): string {
  const lines = stderr.split('\n').filter(Boolean);
  return (lines.find((line) => line.startsWith('fatal:')) ?? lines.at(0) ?? 'it gave no reason').slice(0, 300);
}
