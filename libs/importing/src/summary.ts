import { type NdjsonSummary } from './import-ndjson.js';
import { type ImportSummary } from './import-git.js';
import { type Refused, SHOWN } from './refusals.js';
import { type ChangedAuthor } from './tally.js';

/** True where all that was read is now in the service. */
export function isComplete({ authors, commits }: ImportSummary): boolean {
  return authors.refused === 0 && commits.refused === 0;
}

/** The summary for a person. */
export function summaryText(summary: ImportSummary): string {
  const { workspace, authors, commits, altered } = summary;
  return [
    `${summary.repository} -> workspace ${workspace.id} "${workspace.name}" (${workspace.isNew ? 'new' : 'existing'})`,
    ...(workspace.taken
      ? [
          `         "${workspace.taken}" is another one: --workspace ${JSON.stringify(workspace.taken)} imports into that`,
        ]
      : []),
    `authors  ${authors.total}: ${authors.new} new, ${authors.existing} existing, ${authors.refused} refused`,
    `commits  ${commits.read}: ${commits.accepted} accepted, ${commits.countedBefore} counted before, ${commits.refused} refused`,
    `time     ${summary.seconds.toFixed(1)} s, ${Math.round(summary.commitsPerSecond)} commits/s; ` +
      `${summary.readingSeconds.toFixed(1)} s of it waiting for git`,
    ...(altered.dates > 0 ? [`dates    ${altered.dates} could not be taken; the original stands in the activity`] : []),
    ...(altered.subjects > 0 ? [`subjects ${altered.subjects} shortened`] : []),
    ...(summary.isShown ? [] : ['the views lag: what was accepted is in the log, and will be shown']),
    ...changedLines(summary.changedAuthors),
    ...summary.refusals.flatMap(refusedLines),
  ].join('\n');
}

/** The summary of an import of lines, for a person; the refused lines aside. */
export function linesSummaryText({ input, lines, seconds, linesPerSecond, refusals }: NdjsonSummary): string {
  const { accepted, refused, named } = lines;
  return [
    `${input}`,
    `lines    ${accepted + refused}: ${accepted} accepted, ${refused} refused`,
    `time     ${seconds.toFixed(1)} s, ${Math.round(linesPerSecond)} lines/s`,
    ...(named > 0 ? [`ids      ${named} lines came without one and got that of their number and content`] : []),
    ...refusals.map(({ code, count }) => `refused  ${count}: ${code}`),
  ].join('\n');
}

function changedLines(changed: readonly ChangedAuthor[]): string[] {
  if (changed.length === 0) return [];
  const lines = changed
    .slice(0, SHOWN)
    .map(({ address, username, email }) => `  ${JSON.stringify(address)}: username ${username}, e-mail ${email}`);
  return [
    `${changed.length} new users have another name or e-mail than the address, which could not be taken`,
    ...lines,
    ...more(changed.length),
  ];
}

/** What was refused for one reason, with examples. */
export function refusedLines({ of, code, count, examples }: Refused): string[] {
  const lines = examples.map(({ what, detail }) => `  ${what}: ${detail}`);
  return [`${count} ${of}s refused: ${code}`, ...lines, ...more(count)];
}

function more(count: number): string[] {
  return count > SHOWN ? [`  and ${count - SHOWN} more`] : [];
}
