import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a commit object says, byte for byte where it matters; everything is optional. */
export interface RawCommit {
  /** The author line's text before the date: `Jane Doe <jane@example.com>`; any bytes. */
  readonly author?: string | Buffer;
  /** The author line's text after the address: seconds and zone, or nonsense. */
  readonly date?: string;
  readonly committerDate?: string;
  readonly encoding?: string;
  readonly message?: string | Buffer;
}

const OWN_SETTINGS = { HOME: '/nonexistent', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };

/** A repository of handmade commits in a folder of its own. Git's own checks are passed by, as old tools did. */
export class DirtyRepository {
  readonly path: string;
  private readonly folder: string;
  private readonly tree: string;
  private readonly env: NodeJS.ProcessEnv;

  constructor(env: NodeJS.ProcessEnv, options: { bare?: boolean; name?: string } = {}) {
    this.env = { PATH: env.PATH, ...OWN_SETTINGS };
    this.folder = mkdtempSync(join(tmpdir(), 'tidemark-history-'));
    this.path = join(this.folder, options.name ?? 'dirty');
    execFileSync('git', ['init', '-q', ...(options.bare ? ['--bare'] : []), this.path], { env: this.env });
    this.tree = this.git(['hash-object', '-t', 'tree', '-w', '--stdin']);
  }

  /** Runs git in it; returns what it prints, decoded as UTF-8. */
  git(args: string[], input: Buffer | string = '', env: NodeJS.ProcessEnv = {}): string {
    const options = {
      env: { ...this.env, ...env },
      input,
      maxBuffer: 1 << 28,
      stdio: ['pipe', 'pipe', 'ignore'] as const,
    };
    return execFileSync('git', ['-C', this.path, ...args], { ...options, stdio: [...options.stdio] })
      .toString()
      .trim();
  }

  /** Writes the commit and returns its hash; it is reachable once a reference says so. */
  commit(raw: RawCommit = {}, parents: readonly string[] = []): string {
    const { author = 'Jane Doe <jane@example.com>', date = '1500000000 +0000', committerDate = date } = raw;
    const lines = [
      `tree ${this.tree}\n`,
      ...parents.map((parent) => `parent ${parent}\n`),
      'author ',
      author,
      ` ${date}\ncommitter C <c@example.com> ${committerDate}\n`,
      ...(raw.encoding ? [`encoding ${raw.encoding}\n`] : []),
      '\n',
      raw.message ?? 'a subject\n',
    ];
    const bytes = Buffer.concat(lines.map((line) => Buffer.from(line)));
    return this.git(['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'], bytes);
  }

  /** A line of commits, the first one the oldest, that the reference reaches. Returns the hashes. */
  history(commits: readonly RawCommit[], reference = 'refs/heads/main'): string[] {
    const hashes: string[] = [];
    for (const raw of commits) hashes.push(this.commit(raw, hashes.slice(-1)));
    this.point(reference, hashes.at(-1)!);
    return hashes;
  }

  /** Many equal commits of a file, one on top of the other, in one go. Returns the hash of the last one. */
  bulk(count: number, message: string, author = 'Jane Doe <jane@example.com>'): string {
    const commits = Array.from({ length: count }, (_, index) => {
      const at = `${author} ${1_500_000_000 + index} +0000`;
      const lines = ['commit refs/heads/bulk', `author ${at}`, `committer ${at}`];
      return `${lines.join('\n')}\ndata ${Buffer.byteLength(message)}\n${message}\nM 100644 inline file\ndata 1\nx\n`;
    });
    this.git(['fast-import', '--quiet'], commits.join(''));
    return this.git(['rev-parse', 'refs/heads/bulk']);
  }

  point(reference: string, hash: string): void {
    this.git(['update-ref', reference, hash]);
  }

  /** A reference that only an annotated tag stands behind. */
  tag(name: string, hash: string): void {
    const tag = `object ${hash}\ntype commit\ntag ${name}\ntagger T <t@example.com> 1500000000 +0000\n\nreleased\n`;
    this.point(`refs/tags/${name}`, this.git(['hash-object', '-t', 'tag', '-w', '--stdin'], tag));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const latin1 = (text: string) => Buffer.from(text, 'latin1');

/** One commit of each kind of dirt that real histories have. */
export const DIRT: readonly RawCommit[] = [
  { author: 'Jane Doe <jane@example.com>' },
  { author: 'Jane D. <Jane@Example.COM>' },
  { author: 'Jane < jane@example.com >' },
  { author: 'Nobody <>' },
  { author: ' <>' },
  { author: 'Explicit <(none)>' },
  { author: 'Unset <joe@laptop.(none)>' },
  { author: 'Full Width <ｊｏｅ＠ｅｘａｍｐｌｅ．ｃｏｍ>' },
  { author: 'Spaces <two words>' },
  { author: 'At <jane at example dot com>' },
  { author: 'Local <root@localhost>' },
  { author: 'No brackets at all' },
  { author: `Long <${'x'.repeat(188)}@example.com>` },
  { author: `Longest <${'y'.repeat(400)}@example.com>` },
  { author: 'Bell <be\u0007ll@example.com>' },
  { author: '\u202eTurned \u2066Around <turned\u202e@example.com>' },
  { author: '\u3164 <\u200b@example.com>' },
  { author: '\u2800 \u200b <\u200b\u2060>' },
  { author: latin1('J\u00f6rg <j\u00f6rg@example.com>'), encoding: 'ISO-8859-1', message: latin1('f\u00fcr alle\n') },
  { author: latin1('J\u00f6rg <bad\u00f6@example.com>'), message: latin1('f\u00fcr alle\n') },
  { author: 'Made Up <madeup@example.com>', encoding: 'KLINGON-8' },
  { date: '4102444800 +0000', committerDate: '1500000001 +0000' },
  { date: '4102444800 +0000', committerDate: '4102444800 +0000' },
  { date: '0 +0000' },
  { date: '-86400 +0000' },
  { date: '99999999999999999999999 +0000', committerDate: '1500000002 +0000' },
  { date: 'yesterday', committerDate: '1500000003 +0000' },
  { date: '' },
  { message: '' },
  { message: '\u001b[31mred\u001b[0m\n' },
  { message: `${'long '.repeat(10_000)}\n` },
  { message: 'one\nline\nof three\n\nand a body\n' },
];
