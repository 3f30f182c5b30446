import { readConfig } from '#platform';
import { cutStreams, type CutsResult, type Outcome } from '../test/support/cuts/cuts.ts';
import { type Figure, rounded } from './report.ts';
import { freshEnvironment } from './service.ts';

const CUTS = 20;
const SIZES = { clients: 1_000, readers: 100, cuts: CUTS, longestMs: 12_000, rounds: 2 };
const POPULATION = { users: 200, workspaces: 20 };

/** A thousand clients that are cut off again and again: the long form of what the tests do in short. */
export async function benchStreamCuts(): Promise<Figure[]> {
  const config = readConfig(await freshEnvironment());
  const start = performance.now();
  const result = await cutStreams({ service: { config }, ...SIZES, population: POPULATION });
  return figuresOf(result, (performance.now() - start) / 1_000);
}

function figuresOf(result: CutsResult, seconds: number): Figure[] {
  const { acknowledged, restarts, kills, replays, streams, polling } = result;
  return [
    {
      what: `three instances in ${rounded(seconds)} s: restarts / kills / replays switched to`,
      ours: [restarts, kills, replays].join(' / '),
    },
    { what: 'activities acknowledged meanwhile', ours: rounded(acknowledged) },
    ...outcomeFigures('Server-Sent Events', streams),
    ...outcomeFigures('one answer after the other (`wait`, `limit`)', polling),
  ];
}

function outcomeFigures(kind: string, outcome: Outcome): Figure[] {
  const { missed, twice, foreign, resets } = outcome;
  return [
    { what: `${kind}: clients`, ours: rounded(outcome.clients) },
    {
      what: `${kind}: times that they were cut off / the least of one`,
      ours: `${rounded(outcome.cuts)} / ${outcome.leastCuts}`,
      asked: `≥ ${CUTS} each`,
    },
    { what: `${kind}: activities delivered`, ours: rounded(outcome.deliveries) },
    {
      what: `${kind}: missed / twice / of others`,
      ours: [missed, twice, foreign].join(' / '),
      asked: '0 / 0 / 0',
    },
    { what: `${kind}: positions forgotten (\`reset\`)`, ours: String(resets), asked: '0' },
    { what: `${kind}: answers of 429 or 503`, ours: String(outcome.refusals.length) },
  ];
}
