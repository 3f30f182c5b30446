import { type ImportSummary } from './import-git.js';
import { type ChangedAuthor, type Refused } from './tally.js';

const SHOWN = 5;

/** True where all that was read is now in the service. */
export function isComplete({ authors, commits }: ImportSummary): boolean {
  return authors.refused === 0 && commits.refused === 0;
}

/** The summary for a person. */
export function summaryText(summary: ImportSummary): string {
  const { workspace, authors, commits, altered } = summary;
  return [
    `${summary.repository} -> workspace ${workspace.id} "${workspace.name}" (${workspace.isNew ? 'new' : 'existing'})`,
    `authors  ${authors.total}: ${authors.new} new, ${authors.existing} existing, ${authors.refused} refused`,
    `commits  ${commits.read}: ${commits.accepted} accepted, ${commits.refused} refused`,
    `time     ${summary.seconds.toFixed(1)} s, ${Math.round(summary.commitsPerSecond)} commits/s; ` +
      `${summary.readingSeconds.toFixed(1)} s of it waiting for git`,
    ...(altered.dates > 0 ? [`dates    ${altered.dates} could not be taken; the original stands in the activity`] : []),
    ...(altered.subjects > 0 ? [`subjects ${altered.subjects} shortened or rid of control characters`] : []),
    ...changedLines(summary.changedAuthors),
    ...summary.refusals.flatMap(refusedLines),
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

function refusedLines({ of, code, count, examples }: Refused): string[] {
  const lines = examples.map(({ what, detail }) => `  ${what}: ${detail}`);
  return [`${count} ${of}s refused: ${code}`, ...lines, ...more(count)];
}

function more(count: number): string[] {
  return count > SHOWN ? [`  and ${count - SHOWN} more`] : [];
}
