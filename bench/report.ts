import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

/** One line of a benchmark: what was measured, ours, what it stands against, and what the project asks of it. */
export interface Figure {
  readonly what: string;
  readonly ours: string;
  readonly beside?: string;
  readonly ratio?: string;
  readonly asked?: string;
}

const page = join(import.meta.dirname, '..', 'docs', 'benchmarks.md');

/** Prints the figures and puts them in place of the benchmark's former ones in docs/benchmarks.md. */
export function report(name: string, title: string, figures: readonly Figure[]): void {
  const section = [
    `<!-- ${name} -->`,
    `## ${title}`,
    '',
    `${new Date().toISOString().slice(0, 10)}, ${machine()}; \`npm run bench ${name}\``,
    '',
    '| what | ours | beside it | ratio | asked |',
    '|---|---|---|---|---|',
    ...figures.map(
      (figure) =>
        `| ${[figure.what, figure.ours, figure.beside, figure.ratio, figure.asked].map((cell) => cell ?? '').join(' | ')} |`,
    ),
    `<!-- /${name} -->`,
  ].join('\n');
  console.log(`\n${section}\n`);
  const before = readFileSync(page, 'utf8');
  const old = new RegExp(`<!-- ${name} -->[^]*<!-- /${name} -->`);
  writeFileSync(page, old.test(before) ? before.replace(old, () => section) : `${before.trimEnd()}\n\n${section}\n`);
}

function machine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores (${cpu?.model.trim() || 'unnamed'}), ${memory} GiB, Node ${process.versions.node}, servers on the same machine`;
}

export const rounded = (value: number) => (value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(1));
/** The value below which this share of them lies. */
export const quantile = (values: readonly number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;
export const median = (values: readonly number[]) => quantile(values, 0.5);
