import { setTimeout as pause } from 'node:timers/promises';
import { kafkaEventLog } from '#event-log';
import type { EventLog, NewRecord } from '#event-sourcing';
import { createLogger, Namespace } from '#platform';
import { type Figure, median, quantile, rounded } from './report.ts';
import { type BenchService, startService } from './service.ts';

const PER_SECOND = 5_000;
const SECONDS = 20;
const USERS = 50_000;
/** Users who are never poisoned, in all partitions. */
const PROBES = 64;
const PROBE_EVERY_MS = 20;
const TURN_MS = 50;

/** What 1 % of records that can't be read do to how soon all others are seen on the live stream. */
export async function benchPoison(): Promise<Figure[]> {
  const clean = await lagOf(0);
  const poisoned = await lagOf(0.01);
  return [
    {
      what: `${PER_SECOND.toLocaleString('en')} records/s, 1 % of them unreadable: other users' activities on the stream, p99 ms, beside none`,
      ours: rounded(poisoned.p99),
      beside: rounded(clean.p99),
      ratio: rounded(poisoned.p99 / clean.p99),
      asked: '≤ 2,000',
    },
    {
      what: 'the same, p50 ms',
      ours: rounded(poisoned.p50),
      beside: rounded(clean.p50),
      ratio: rounded(poisoned.p50 / clean.p50),
    },
  ];
}

async function lagOf(share: number): Promise<{ p50: number; p99: number }> {
  const service = await startService();
  const namespace = new Namespace(service.env['TIDEMARK_NAMESPACE']!);
  const logger = createLogger('bench', 'error');
  const log = kafkaEventLog({ brokers: service.env['KAFKA_BROKERS']!.split(','), clientId: 'poison', logger });
  try {
    const topic = { name: namespace.topic('activities'), partitions: 8 };
    await log.prepare([topic]);
    const seen = await probesOf(service);
    const sent = new Map<string, number>();
    const done = new AbortController();
    const probing = probe(log, topic.name, sent, done.signal);
    await load(log, topic.name, share);
    done.abort();
    await probing;
    await until(() => seen.arrived.size === sent.size);
    seen.stop();
    const lags = [...sent].map(([id, at]) => seen.arrived.get(id)! - at);
    return { p50: median(lags), p99: quantile(lags, 0.99) };
  } finally {
    await log.close();
    await service.stop();
  }
}

/** Records of many users at a steady rate, so many of them poison. */
async function load(log: EventLog, topic: string, share: number): Promise<void> {
  const perTurn = (PER_SECOND * TURN_MS) / 1_000;
  const start = performance.now();
  for (let turn = 0; turn < (SECONDS * 1_000) / TURN_MS; turn += 1) {
    const records = Array.from({ length: perTurn }, (_, index) => {
      const n = turn * perTurn + index;
      const isPoison = share > 0 && n % Math.round(1 / share) === 0;
      const user = PROBES + 1 + ((n * 7_919) % USERS);
      return isPoison ? { key: `demo/${user}`, value: 'poison' } : activity(user, `n${n}`, 'load');
    });
    await log.append(topic, records);
    await pause(Math.max(0, start + (turn + 1) * TURN_MS - performance.now()));
  }
}

async function probe(log: EventLog, topic: string, sent: Map<string, number>, signal: AbortSignal): Promise<void> {
  for (let n = 0; !signal.aborted; n += 1) {
    const id = `probe${n}`;
    sent.set(id, performance.now());
    await log.append(topic, [activity(1 + (n % PROBES), id, 'probe')]);
    await pause(PROBE_EVERY_MS);
  }
}

function activity(user: number, id: string, type: string): NewRecord {
  return { key: `demo/${user}`, value: JSON.stringify({ v: 1, id, type, occurredAt: Date.now(), data: { id } }) };
}

/** When each probe came on the live stream. */
async function probesOf(service: BenchService): Promise<{ arrived: Map<string, number>; stop(): void }> {
  const arrived = new Map<string, number>();
  const stopped = new AbortController();
  const answer = await fetch(`${service.url}/api/v3/stream?types=probe`, {
    headers: { authorization: `Bearer ${service.token}`, accept: 'application/x-ndjson' },
    signal: stopped.signal,
  });
  if (!answer.ok) throw new Error(`void: the stream answered ${answer.status}`);
  const read = async () => {
    let text = '';
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (const [, id] of text.matchAll(/"id":"(probe\d+)"[^\n]*\n/g)) {
        if (!arrived.has(id!)) arrived.set(id!, performance.now());
      }
      text = text.slice(text.lastIndexOf('\n') + 1);
    }
  };
  read().catch(() => undefined);
  return { arrived, stop: () => stopped.abort() };
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('void: not all that was sent has been seen');
    await pause(10);
  }
}
