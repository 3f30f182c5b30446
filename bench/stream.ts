import { countUsers, peopleOf, withViews, writeUsers } from './population.ts';
import type { Figure } from './report.ts';
import { agesOf, memoryOfStreams } from './stream-open.ts';
import { fanOut } from './stream-fan-out.ts';
import { besideListeners } from './stream-visible.ts';
import { FIRST_USER, USERS } from './visible-activities.ts';

/** What a live stream costs: each delivery, each open stream, the time until it arrives, and what it takes from the rest. */
export function benchStream(): Promise<Figure[]> {
  return withViews(async (service, database) => {
    await writeUsers(database, peopleOf(FIRST_USER, FIRST_USER + USERS - 1));
    await countUsers(database);
    return [
      ...(await fanOut(service)),
      ...(await memoryOfStreams(service)),
      ...(await agesOf(service)),
      ...(await besideListeners(service, database)),
    ];
  });
}
