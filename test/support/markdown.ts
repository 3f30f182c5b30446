import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

const { dirname, join, normalize } = posix;

const FOLDERS = [
  'apps',
  'bench',
  'bin',
  'clients',
  'deploy',
  'docs',
  'examples',
  'findings',
  'launcher',
  'libs',
  'test',
];
const NOT_OURS = ['**/node_modules/**', '**/dist/**'];

/** Every file of the repository that a document may name, by its path from the root. */
export const files = globSync(['*', '.*', '.ci/*', '.github/**', ...FOLDERS.map((folder) => `${folder}/**`)], {
  exclude: NOT_OURS,
});

/** Every document, by its path from the root. */
export const documents = files.filter((path) => path.endsWith('.md')).sort();

/** The places that a document points to by links, without those of the web: `path` from the root, `#anchor` if there is one. */
export function linksOf(document: string): { readonly path: string; readonly anchor?: string }[] {
  const targets = [...proseOf(document).matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$/gm)].map(([, a, b]) => a ?? b!);
  const local = targets.filter((target) => !/^[a-z]+:/.test(target));
  return local.map((target) => {
    const [path = '', anchor] = target.split('#');
    return { path: path === '' ? document : normalize(join(dirname(document), path)).replace(/\/$/, ''), anchor };
  });
}

/** The files and folders that a document names in code, as it names them: from the root, or their last parts. */
export function pathsNamedIn(document: string): string[] {
  const code = [...proseOf(document).matchAll(/`([^`\n]+)`/g)].map(([, text]) => text!.trim());
  return code.filter((text) => isFile(text) || isFolder(text));
}

const isFile = (text: string) =>
  /^[\w.*/-]+\.(ts|mjs|cjs|sh|md|yml|sql|java|py|html|js)$/.test(text) && !text.startsWith('dist/');
const isFolder = (text: string) => new RegExp(`^(${FOLDERS.join('|')})/[\\w.*/-]*$`).test(text);

/** Whether it is there: a path from the root or the last parts of one; `*` stands for anything. */
export function isThere(named: string): boolean {
  const parts = named
    .replace(/\/$/, '')
    .split('*')
    .map((part) => part.replaceAll(/[.+?^$()[\]{}|\\]/g, '\\$&'));
  const pattern = new RegExp(`(^|/)${parts.join('[^/]*')}$`);
  return files.some((path) => pattern.test(path));
}

/** The anchors that GitHub gives the headings of a document. */
export function anchorsOf(document: string): ReadonlySet<string> {
  const headings = [...proseOf(document).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => heading!);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** Blocks of code are examples: what they say need not be there. */
function proseOf(document: string): string {
  return readFileSync(document, 'utf8').replaceAll(/^( *)```[^]*?^\1```$/gm, '');
}
