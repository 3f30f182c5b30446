import { kafkaEventLog } from '#event-log';
import { createLogger, Namespace } from '#platform';
import { dice } from './search-people.ts';

const APPEND = 20_000;
const TYPES = ['page.viewed', 'file.opened', 'file.shared', 'comment.added', 'task.done'];

/** What was written, counted beside all that Tidemark does. */
export interface Written {
  readonly records: number;
  /** How many different activities each user has, by id. */
  readonly counts: Uint32Array;
}

/** Activities straight into the log, as the door writes them: few users have many, and every fiftieth comes twice. */
export async function writeActivities(env: NodeJS.ProcessEnv, records: number, users: number): Promise<Written> {
  const namespace = new Namespace(env['TIDEMARK_NAMESPACE']!);
  const logger = createLogger('bench', 'silent');
  const log = kafkaEventLog({ brokers: env['KAFKA_BROKERS']!.split(','), clientId: 'bench', logger });
  const topic = { name: namespace.topic('activities'), partitions: 8 };
  await log.prepare([topic]);
  const random = dice(7);
  const counts = new Uint32Array(users + 1);
  let last = { key: '', value: '' };
  const next = (n: number) => {
    if (n % 50 === 49) return last;
    const user = 1 + Math.floor(users * random() ** 2);
    counts[user]! += 1;
    return (last = { key: `demo/${user}`, value: JSON.stringify(activityOf(n, random)) });
  };
  try {
    for (let from = 0; from < records; from += APPEND) {
      await log.append(
        topic.name,
        Array.from({ length: Math.min(APPEND, records - from) }, (_, at) => next(from + at)),
      );
    }
  } finally {
    await log.close();
  }
  return { records, counts };
}

function activityOf(n: number, random: () => number): object {
  return {
    v: 1,
    id: `activity-${n}`,
    type: TYPES[Math.floor(random() * TYPES.length)],
    ...(n % 2 === 0 && { workspace: 1 + Math.floor(random() * 20) }),
    occurredAt: 1_780_000_000_000 + n * 40,
    data: { page: `/documents/${Math.floor(random() * 1_000)}`, seconds: n % 300 },
  };
}
