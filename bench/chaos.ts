import { Namespace, Postgres, readConfig } from '#platform';
import { type ChaosResult, wreakChaos } from '../test/support/chaos/chaos.ts';
import { type Figure, rounded } from './report.ts';
import { startService } from './service.ts';

const FAULTS = 50;
const LANES = 3;

/** Projectors killed and frozen under load: the long form of what the tests do in short. */
export async function benchChaos(): Promise<Figure[]> {
  const service = await startService();
  await service.stopProjector();
  const config = readConfig(service.env);
  const namespace = new Namespace(config.namespace);
  const postgres = new Postgres(config.databaseUrl, namespace);
  try {
    const start = performance.now();
    const result = await wreakChaos({
      service: { config },
      target: service,
      postgres,
      namespace,
      faults: FAULTS,
      lanes: LANES,
    });
    return figuresOf(result, (performance.now() - start) / 1_000);
  } finally {
    await postgres.close();
    await service.stop();
  }
}

function figuresOf(result: ChaosResult, seconds: number): Figure[] {
  const { kills, freezes, replaced } = result;
  return [
    {
      what: `faults in ${rounded(seconds)} s: kills / freezes / members replaced`,
      ours: `${kills} / ${freezes} / ${replaced}`,
      asked: `${FAULTS} kills and freezes`,
    },
    { what: 'activities acknowledged meanwhile', ours: rounded(result.acknowledged) },
    { what: 'rows of feeds that differ from the model', ours: String(result.wrongRows), asked: '0' },
    { what: 'counters and answers that differ from the model', ours: String(result.wrongCounters), asked: '0' },
    { what: 'stale commits refused', ours: String(result.refusedCommits), asked: '≥ 1' },
    { what: 'stale commits that went through', ours: String(result.staleCommits), asked: '0' },
  ];
}
