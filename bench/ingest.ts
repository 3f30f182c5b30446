import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import kafkajs, { type Admin } from 'kafkajs';
import pg from 'pg';
import { Namespace } from '#platform';
import { registerUsers } from '../test/support/activity-sender.ts';
import { bareProducer, emptyRoute, javaProducer } from './ingest-peers.ts';
import { whileWatching } from './memory.ts';
import { type Figure, median, rounded } from './report.ts';
import { type BenchService, startService } from './service.ts';
import { send, type Traffic, type TrafficResult } from './traffic.ts';
import type { Activities } from './traffic-bodies.ts';

const USERS = 1_000;
const BATCH = 1_000;
const ROUNDS = 3;
const WARM_UPS = 3;
const SECONDS = 4;
const OVERLOAD_SECONDS = 30;

/** What a run has to account for at its end. */
interface Run {
  readonly service: BenchService;
  readonly admin: Admin;
  acknowledged: number;
  /** Activities a second of the best round. */
  peak: number;
}

/** Taking activities in: in batches beside a bare producer, one by one beside an empty route, and twice as many as can be. */
export async function benchIngest(): Promise<Figure[]> {
  const service = await startService();
  const brokers = process.env['KAFKA_BROKERS']!.split(',');
  const admin = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.ERROR }).admin();
  const run: Run = { service, admin, acknowledged: 0, peak: 0 };
  try {
    await admin.connect();
    await registerUsers(service, USERS);
    await service.stopProjector();
    const figures = [...(await batches(run)), ...(await singles(run)), ...(await overload(run))];
    await service.startProjector();
    return [...figures, await account(run)];
  } finally {
    await admin.disconnect();
    await service.stop();
  }
}

/** Ours and the bare producer by turns, on topics of the same settings. */
async function batches(run: Run): Promise<Figure[]> {
  const [ours, bare, java]: number[][] = [[], [], []];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const result = await sendTo(run, { mediaType: 'application/x-ndjson', perRequest: BATCH }, { connections: 8 });
    const beside = await bareProducer(await peerTopic(run), freshRun(), USERS, 200, BATCH);
    // The first turn of each is to warm up.
    if (round === 0) continue;
    ours!.push(result.accepted / result.seconds);
    bare!.push(beside);
    java!.push(javaProducer(await peerTopic(run), 500_000) ?? NaN);
  }
  run.peak = median(ours!);
  return [
    {
      what: `batches of ${rounded(BATCH)} as lines, 8 connections, acks=all, activities/s, beside a bare kafkajs producer`,
      ours: rounded(run.peak),
      beside: rounded(median(bare!)),
      ratio: (run.peak / median(bare!)).toFixed(2),
      asked: '≥ 1.5',
    },
    {
      what: 'the same beside Java (ProducerPerformance, 170 bytes)',
      ours: rounded(run.peak),
      beside: rounded(median(java!)),
      ratio: (run.peak / median(java!)).toFixed(2),
    },
  ];
}

/** Ours and the empty route by turns, to the same sender. */
async function singles(run: Run): Promise<Figure[]> {
  const route = await emptyRoute();
  const alone = { mediaType: 'application/json', perRequest: 1 } as const;
  const [ours, empty, slowest, slowestEmpty]: number[][] = [[], [], [], []];
  try {
    // It takes some ten thousand requests until the compiler has seen what there is to see.
    for (let round = 1 - WARM_UPS; round <= ROUNDS; round += 1) {
      const result = await sendTo(run, alone, { connections: 64 });
      const beside = await send(trafficTo(run, alone, { connections: 64, port: route.port }));
      if (round <= 0) continue;
      ours!.push(result.requests / result.seconds);
      slowest!.push(result.p99);
      empty!.push(beside.requests / beside.seconds);
      slowestEmpty!.push(beside.p99);
    }
  } finally {
    await route.stop();
  }
  return [
    {
      what: 'one activity per request, 64 connections, requests/s, beside an empty Fastify route',
      ours: rounded(median(ours!)),
      beside: rounded(median(empty!)),
      ratio: (median(ours!) / median(empty!)).toFixed(2),
      asked: '≥ 0.65',
    },
    {
      what: 'the same, p99 ms',
      ours: rounded(median(slowest!)),
      beside: rounded(median(slowestEmpty!)),
      ratio: (median(slowest!) / median(slowestEmpty!)).toFixed(2),
      asked: '≤ 2',
    },
  ];
}

/** Twice the peak is offered: what gets through, what the others are told, and what it takes of memory. */
async function overload(run: Run): Promise<Figure[]> {
  const lines = { mediaType: 'application/x-ndjson', perRequest: BATCH } as const;
  const steady = await whileWatching(run.service.pid, () => sendTo(run, lines, { connections: 8 }));
  const rate = (2 * run.peak) / BATCH;
  const load = { connections: 256, seconds: OVERLOAD_SECONDS, rate };
  const over = await whileWatching(run.service.pid, () => sendTo(run, lines, load));
  const { statuses, accepted, seconds, requests, unsent, slowestRefusal } = over.result;
  const others = Object.keys(statuses).filter((status) => !['202', '429', '503'].includes(status));
  if (others.length > 0) throw new Error(`void: answers ${JSON.stringify(statuses)}`);
  const offered = `${rounded((requests * BATCH) / seconds)} offered, ${rounded(unsent)} requests found no connection`;
  return [
    {
      what: `twice the peak for ${OVERLOAD_SECONDS} s (${offered}): activities/s that get through, beside the peak`,
      ours: rounded(accepted / seconds),
      beside: rounded(steady.result.accepted / steady.result.seconds),
      ratio: (accepted / seconds / run.peak).toFixed(2),
      asked: '≥ 0.9',
    },
    {
      what: `the same: refused with 429 or 503 (${JSON.stringify(statuses)}), slowest refusal ms`,
      ours: rounded(slowestRefusal),
    },
    {
      what: 'the same: largest memory of the process in MiB, beside that of the steady state',
      ours: rounded(over.memory),
      beside: rounded(steady.memory),
      ratio: (over.memory / steady.memory).toFixed(2),
      asked: '≤ 1.5',
    },
  ];
}

/** The projector catches up, and what was acknowledged has to be on the topic and in the views: else the run is void. */
async function account({ service, admin, acknowledged }: Run): Promise<Figure> {
  const namespace = service.env['TIDEMARK_NAMESPACE']!;
  const stored = await recordsOn(admin, await activitiesTopicOf(admin, namespace));
  if (stored !== acknowledged) throw new Error(`void: ${acknowledged} acknowledged, ${stored} on the topic`);
  const database = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
  await database.connect();
  const views = new Namespace(namespace).views('activities');
  const count = async () => {
    const { rows } = await database.query<{ count: string }>(`SELECT count(*) FROM ${views}.activities`);
    return Number(rows[0]!.count);
  };
  const start = performance.now();
  let shown = await count();
  for (let before = -1; shown < stored && shown !== before;) {
    before = shown;
    await pause(10_000);
    shown = await count();
  }
  const seconds = (performance.now() - start) / 1_000;
  await database.end();
  if (shown !== acknowledged) throw new Error(`void: ${acknowledged} acknowledged, ${shown} in the views`);
  return {
    what: 'acknowledged, on the topic and in the views after the projector was started, activities',
    ours: rounded(acknowledged),
    beside: `${rounded(stored)} and ${rounded(shown)} (${rounded(seconds)} s later)`,
    ratio: '1',
    asked: 'equal',
  };
}

async function recordsOn(admin: Admin, topic: string): Promise<number> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return offsets.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
}

async function activitiesTopicOf(admin: Admin, namespace: string): Promise<string> {
  const topics = await admin.listTopics();
  return topics.find((topic) => topic.startsWith(namespace) && topic.includes('activities'))!;
}

/** A topic with the settings of ours. */
async function peerTopic({ admin, service }: Run): Promise<string> {
  const model = await activitiesTopicOf(admin, service.env['TIDEMARK_NAMESPACE']!);
  const metadata = await admin.fetchTopicMetadata({ topics: [model] });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: model }],
  });
  const configEntries = resources[0]!.configEntries
    .filter(({ isDefault }) => !isDefault)
    .map(({ configName, configValue }) => ({ name: configName, value: configValue }));
  const topic = `peer-${randomUUID()}`;
  const numPartitions = metadata.topics[0]!.partitions.length;
  await admin.createTopics({ topics: [{ topic, numPartitions, configEntries }], waitForLeaders: true });
  return topic;
}

const freshRun = () => randomUUID().slice(0, 8);

type Kind = Pick<Activities, 'mediaType' | 'perRequest'>;

interface Load {
  readonly connections: number;
  readonly port?: number;
  readonly seconds?: number;
  readonly rate?: number;
}

/** Sends activities that were never sent before, and notes how many were acknowledged. */
async function sendTo(run: Run, activities: Kind, load: Load): Promise<TrafficResult> {
  const result = await send(trafficTo(run, activities, load));
  run.acknowledged += result.accepted;
  return result;
}

function trafficTo({ service }: Run, activities: Kind, load: Load): Traffic {
  return {
    port: Number(new URL(service.url).port),
    token: service.token,
    activities: { ...activities, run: freshRun(), users: USERS },
    seconds: SECONDS,
    ...load,
  };
}
