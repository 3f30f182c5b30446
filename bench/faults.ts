import { isDeepStrictEqual } from 'node:util';
import { type FaultReport, ingestThroughFaults } from '../test/support/faulty-ingestion.ts';
import { LogProxy } from '../test/support/log-proxy.ts';
import { resendActivities } from '../test/support/resent-activities.ts';
import { ENVIRONMENT } from './population.ts';
import { type Figure, rounded } from './report.ts';
import { startService } from './service.ts';
import { openViews, withActivityViews } from './views.ts';

const ACTIVITIES = 200_000;
const FAULTS = 60;
const RESENT = 100_000;
const ROUNDS = 10;

/** Numbered activities while the log fails those who send them, as in test/faults but ten times as many. */
export async function benchFaults(): Promise<Figure[]> {
  const proxy = await LogProxy.before(process.env['KAFKA_BROKERS']!.split(',')[0]!);
  const service = await startService({ ofApi: { KAFKA_BROKERS: proxy.address, TIDEMARK_LOG_LEVEL: 'silent' } });
  const views = await openViews(service);
  try {
    const begin = performance.now();
    const report = await ingestThroughFaults({
      target: service,
      environment: ENVIRONMENT,
      proxy,
      ...views,
      activities: ACTIVITIES,
      faults: FAULTS,
    });
    return [faultFigure(report, (performance.now() - begin) / 1_000)];
  } finally {
    await views.close();
    await service.stop();
    await proxy.close();
  }
}

function faultFigure(report: FaultReport, seconds: number): Figure {
  const { sent, acknowledged, onTopic, counted, miscounted, stored, requests } = report;
  const faults = Object.entries(report.faults).map(([kind, count]) => `${kind} ${count}`);
  if ([acknowledged, onTopic, counted].some((count) => count !== sent) || miscounted > 0) {
    throw new Error(`void: ${JSON.stringify(report)}`);
  }
  return {
    what:
      `numbered activities of 32 clients in ${rounded(requests)} requests and ${rounded(seconds)} s, ${rounded(stored - sent)} stored again; ` +
      `faults: ${faults.join(', ')}: sent / acknowledged / on the topic / counted`,
    ours: [sent, acknowledged, onTopic, counted].map(rounded).join(' / '),
    asked: 'equal',
  };
}

/** The same activities ten times, in other orders and batches. */
export function benchResends(): Promise<Figure[]> {
  return withActivityViews(async (service, { caughtUp }) => {
    const resends = { target: service, activities: RESENT, rounds: ROUNDS, caughtUp };
    const { sent, expected, after } = await resendActivities(resends);
    const wrong = after.findIndex((figures) => !isDeepStrictEqual(figures, expected));
    if (wrong >= 0) {
      throw new Error(`void: round ${wrong} has ${JSON.stringify(after[wrong])}, not ${JSON.stringify(expected)}`);
    }
    const what = `the same ${rounded(RESENT)} activities ${ROUNDS} times, other orders and batches: sent / counted after each; users and active users by a model`;
    return [{ what, ours: `${rounded(sent)} / ${rounded(expected.total)}`, asked: 'as after the first' }];
  });
}
