import { setTimeout as pause } from 'node:timers/promises';
import { type BrowserReport, BrowserStreams, type Cut, CUTS } from '../test/support/browser-stream.ts';
import { startBrowser } from '../test/support/browser.ts';
import { type Figure, rounded } from './report.ts';
import { startService } from './service.ts';

const MINUTES = 10;
const STREAMS = 8;
const CUT_AFTER_MS = { least: 1_000, most: 6_000 };

/** A page whose way to the service breaks every few seconds, at random: the long form of what the tests do in short. */
export async function benchBrowserStream(): Promise<Figure[]> {
  const browser = await startBrowser();
  try {
    const target = await startService({ ofApi: { CORS_ORIGINS: `http://127.0.0.1:${browser.port}` } });
    try {
      const streams = await BrowserStreams.open({ target, browser, way: 'EventSource', streams: STREAMS });
      try {
        streams.startSending();
        const cuts = await cutAtRandom(streams);
        return figuresOf(cuts, await streams.finish());
      } finally {
        await streams.close();
      }
    } finally {
      await target.stop();
    }
  } finally {
    await browser.close();
  }
}

/** Also while the streams are still on their way back. */
async function cutAtRandom(streams: BrowserStreams): Promise<Record<Cut, number>> {
  const cuts = Object.fromEntries(CUTS.map((where) => [where, 0])) as Record<Cut, number>;
  const end = performance.now() + MINUTES * 60_000;
  while (performance.now() < end) {
    await pause(CUT_AFTER_MS.least + Math.random() * (CUT_AFTER_MS.most - CUT_AFTER_MS.least));
    const where = CUTS[Math.floor(Math.random() * CUTS.length)]!;
    await streams.cut(where);
    cuts[where] += 1;
  }
  return cuts;
}

function figuresOf(cuts: Record<Cut, number>, report: BrowserReport): Figure[] {
  const number = Object.values(cuts).reduce((sum, count) => sum + count, 0);
  const kinds = Object.entries(cuts).map(([where, count]) => `${where} ${count}`);
  const { activities, reconnects, gaveUp, missed, twice, outOfOrder, resets, versions } = report;
  return [
    {
      what: `${STREAMS} EventSources of a page in Chromium, behind nginx with TLS, ${versions.join()}, ${MINUTES} min: activities sent`,
      ours: rounded(activities),
    },
    { what: `cuts (${kinds.join(', ')})`, ours: String(number) },
    {
      what: 'streams opened again / of these by the page, since nginx had no answer',
      ours: `${reconnects} / ${gaveUp}`,
    },
    {
      what: 'activities missed / seen twice / out of order / resets',
      ours: `${missed} / ${twice} / ${outOfOrder} / ${resets}`,
      asked: '0 / 0 / 0 / 0',
    },
  ];
}
