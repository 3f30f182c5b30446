import { type Difference, type ReplayResult } from '#projections';

type Told = ReplayResult | { readonly outcome: 'dropped'; readonly dropped: readonly string[] };

/** What a replay came to, for a person. */
export function replayText(result: Told): string {
  if (result.outcome === 'dropped') {
    return result.dropped.length === 0 ? 'There was nothing to drop.' : `Dropped ${result.dropped.join(', ')}.`;
  }
  return [...result.views.flatMap(viewLines), endings[result.outcome](result)].join('\n');
}

/** What a cap comes to: nothing of the log is read faster. */
export function priceOfCap(perSecond: number, events: number): string {
  const minutes = Math.ceil(events / perSecond / 60);
  const count = (number: number) => number.toLocaleString('en');
  return (
    `At most ${count(perSecond)} events/s (TIDEMARK_REPLAY_MAX_EVENTS_PER_SECOND): to read the ${count(events)} of the log ` +
    `takes ${count(minutes)} min or more.`
  );
}

function viewLines({ view, schema, version, live, compared }: ReplayResult['views'][number]): string[] {
  const built = `${view}: views of version ${version} in ${schema}`;
  if (!live || !compared) return [built];
  const { rows, tables, differences } = compared;
  const against = `${rows} rows of ${tables} tables compared with ${live.schema}`;
  if (differences.length === 0) return [`${built}, ${against}: equal`];
  return [`${built}, ${against}: they differ`, ...differences.flatMap(differenceLines)];
}

function differenceLines({ table, environment, live, built, rows }: Difference): string[] {
  const where = environment === null ? table : `${table}, environment ${environment}`;
  return [`  ${where}: ${live} rows live, ${built} built`, ...rows.map((row) => `    ${row}`)];
}

const endings: Record<ReplayResult['outcome'], (result: ReplayResult) => string> = {
  switched: ({ seconds, views }) => {
    const isNew = views.some(({ live, version }) => live && live.version !== version);
    const whatFor = isNew ? 'instances of the former version' : '--rollback';
    return `Switched after ${seconds.toFixed(1)} s. The former views are kept for ${whatFor}, until --drop-old.`;
  },
  compared: ({ seconds }) => `Built and compared in ${seconds.toFixed(1)} s. The live views stay in their place.`,
  unequal: () =>
    'Not switched. What was built is kept to be looked at, until --drop-old or the next replay; a replay with --accept ' +
    'goes on with it where the version of the views has changed.',
  built: ({ seconds }) => `Built in ${seconds.toFixed(1)} s, to look at, until --drop-old or the next --until.`,
};
