import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.ts';

/** Reads of another room's tables that no import can show, since the other room imports the reader. Each says why. */
const exceptions: readonly { readonly reader: string; readonly table: string; readonly why: string }[] = [
  {
    reader: 'libs/registry',
    table: 'activity_totals',
    why: 'users are listed with, and by, when they were last active',
  },
];

interface Source {
  readonly path: string;
  readonly room: string;
  readonly text: string;
}

/** `npm run check`: the name of a table or view stands in the SQL of the room that makes it alone; others use what it exports. */
export function foreignTables(sources: readonly Source[]): string[] {
  const owners = new Map(sources.flatMap((source) => tablesOf(source).map((table) => [table, source.room] as const)));
  const isForeign = (room: string, table: string) =>
    owners.get(table) !== room && !exceptions.some(({ reader, table: read }) => reader === room && read === table);
  return sources.flatMap(({ path, room, text }) =>
    [...owners.keys()]
      .filter((table) => isForeign(room, table) && namedInSql(table).test(text))
      .map((table) => `${path} names ${table} of ${owners.get(table)}, which exports what others may read of it`),
  );
}

const MADE = /CREATE (?:UNLOGGED )?(?:TABLE|VIEW) (?:IF NOT EXISTS )?((?:\$\{[\w.]+\}_)?[a-z]\w*)/g;

/** As patterns: the engine's tables are made once a fold, whose name stands before theirs. */
const tablesOf = ({ text }: Source): string[] =>
  [...text.matchAll(MADE)].map(([, name]) => name!.replace(/\$\{[\w.]+\}/, '[a-z]+'));

const namedInSql = (table: string) => new RegExp(String.raw`\b(?:FROM|JOIN|INTO|UPDATE|ONLY|TABLE|COPY)\s+${table}\b`);

function sourcesOf(folder: string): Source[] {
  const paths = globSync('{libs,apps}/*/src/**/*.ts', { cwd: folder });
  return paths
    .filter((path) => !path.endsWith('.spec.ts'))
    .map((path) => ({
      path,
      room: path.split('/').slice(0, 2).join('/'),
      text: readFileSync(join(folder, path), 'utf8'),
    }));
}

if (import.meta.main) {
  const found = foreignTables(sourcesOf(root));
  for (const line of found) console.error(line);
  process.exitCode = found.length > 0 ? 1 : 0;
}
