import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLogger, type Namespace, Postgres } from '#platform';
import { readCheckpoints } from '#projections';
import { registryTopic } from '#registry';
import { type RunningProjector, startProjector } from '../../apps/projector/src/projector.js';
import { readAllViews } from '../support/all-views.js';
import { eventually } from '../support/eventually.js';
import { playScript } from '../support/registry-clients.js';
import { judgeInOrder, type Judgement } from '../support/registry-history.js';
import { brokenOrder } from '../support/registry-order.js';
import { scripts } from '../support/registry-scripts.js';
import { contentsOf, readContents } from '../support/registry-views.js';
import { type Service, startService } from '../support/service.js';
import { tailTopic, type TopicTail } from '../support/topic-tail.js';
import { dropViews } from '../support/views.js';

const RUNS = Number(process.env.TEST_RUNS ?? 16);
const SEED = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);
// A counterexample is told as small as it has become by then.
const LONGEST = { interruptAfterTimeLimit: 240_000, markInterruptAsFailure: true };

/** As the model names them: of what nobody can see any more, no role may be left either. */
const roleOf = (row: unknown) => {
  const { target_type, target_id, holder_type, holder_id } = row as Record<string, unknown>;
  return [`${String(target_type)}s`, target_id, `${String(holder_type)}s`, holder_id].join('/');
};

describe('commands that several clients send at once to two instances with two projectors', () => {
  let instances: Service[];
  let projectors: RunningProjector[];
  let tail: TopicTail;
  let postgres: Postgres;
  let namespace: Namespace;
  let topic: string;
  let runs = 0;

  const logger = createLogger('test', 'silent');
  // Nobody waits until they have shared the partitions, so that commands are judged meanwhile too.
  const startProjectors = async () => {
    const { config } = instances[0]!;
    projectors = await Promise.all([startProjector(config, logger), startProjector(config, logger)]);
  };

  beforeAll(async () => {
    const first = await startService({ projector: false });
    instances = [first];
    ({ namespace } = first);
    await startProjectors();
    instances.push(await startService({ projector: false, namespace: namespace.name, owner: false }));
    const registry = registryTopic(namespace);
    topic = registry.name;
    tail = await tailTopic(first.config.kafkaBrokers, registry);
    postgres = new Postgres(first.config.databaseUrl, namespace);
  });
  afterAll(async () => {
    await tail?.close();
    await stopProjectors();
    await postgres?.close();
    for (const instance of instances?.toReversed() ?? []) await instance.stop();
  });

  async function stopProjectors(): Promise<void> {
    const stopping = (projectors ?? []).splice(0).map(async (running) => {
      await running.stop();
      await running.ended;
    });
    await Promise.all(stopping);
  }

  /** What was appended once more has nobody who waits for it. */
  const viewsCaughtUp = () =>
    eventually(async () => {
      const extents = await tail.log.extents(topic);
      const ends = new Map([...extents].map(([partition, { high }]) => [partition, high]));
      expect(await readCheckpoints(postgres, { name: 'registry' })).toEqual(ends);
    });

  async function foldAgain(): Promise<void> {
    await stopProjectors();
    await dropViews(postgres, namespace);
    await startProjectors();
    await viewsCaughtUp();
  }

  async function expectContents(environment: string, { model }: Judgement): Promise<void> {
    const expected = await contentsOf(model);
    for (const instance of instances) {
      expect(await readContents(await instance.client(environment))).toEqual(expected);
    }
  }

  /** All rows of an environment, and those that are of none. */
  async function rowsOf(environment: string): Promise<Record<string, unknown[]>> {
    const isOurs = (row: unknown) => [environment, undefined].includes((row as { environment?: string }).environment);
    const views = Object.entries(await readAllViews(postgres, namespace));
    return Object.fromEntries(views.map(([name, rows]) => [name, rows.filter(isOurs)]));
  }

  it('are answered, and leave, what they come to one by one in the order of the log, those that stand there twice once; and the log folded again gives every row again', async () => {
    process.stderr.write(`model.e2e.ts: TEST_SEED=${SEED} TEST_RUNS=${RUNS}\n`);
    const property = fc.asyncProperty(scripts, async (script) => {
      const environment = `run-${(runs += 1)}`;
      const { sent, reads } = await playScript(script, environment, instances, tail, topic);
      await tail.upToNow();
      await viewsCaughtUp();
      const judgement = judgeInOrder(sent, tail.recordsOf(environment));
      const judged = sent.filter((request) => judgement.answers.has(request));
      expect(judged).toEqual(judged.map((request) => ({ ...request, answer: judgement.answers.get(request) })));
      expect(brokenOrder(judgement, sent, reads)).toEqual([]);
      await expectContents(environment, judgement);
      const before = await rowsOf(environment);
      expect(before.outcomes).toHaveLength(judgement.commands);
      expect(before.roles!.map(roleOf).toSorted()).toEqual([...judgement.model.roles.keys()].toSorted());
      await foldAgain();
      expect(await rowsOf(environment)).toEqual(before);
      await expectContents(environment, judgement);
    });
    await fc.assert(property, { numRuns: RUNS, seed: SEED, ...LONGEST });
  }, 300_000);
});
