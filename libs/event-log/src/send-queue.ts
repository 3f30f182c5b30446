import { type Chunk, MAX_PARTITION_BYTES, MAX_PARTITION_RECORDS } from './pending-append.js';

/** A whole send: enough to keep the producer busy, and answered long before a caller times out. */
export const MAX_SEND_BYTES = 8 * 1024 * 1024;

/** The queues of one partition by flow; the first is next. */
type PartitionQueue = Map<number, Chunk[]>;

/**
 * What was collected while a send was in flight. Chunks of a flow, and so the records of a key, leave in the order they
 * came; the flows of a partition take turns and so do partitions, so that a long one holds no other up.
 */
export class SendQueue {
  private readonly queues = new Map<string, PartitionQueue>();

  get isEmpty(): boolean {
    return this.queues.size === 0;
  }

  add(chunk: Chunk): void {
    const name = `${chunk.topic}/${chunk.partition}`;
    const queue = this.queues.get(name) ?? new Map<number, Chunk[]>();
    this.queues.set(name, queue);
    const waiting = queue.get(chunk.flow);
    if (waiting) waiting.push(chunk);
    else queue.set(chunk.flow, [chunk]);
  }

  /** Takes the chunks of the next send out of the queue, by their partitions. */
  take(): Chunk[][] {
    const send: Chunk[][] = [];
    let bytes = 0;
    for (const [name, queue] of [...this.queues]) {
      const taken = takeInTurns(queue, MAX_SEND_BYTES - bytes);
      for (const chunk of taken) bytes += chunk.bytes;
      send.push(taken);
      this.queues.delete(name);
      if (queue.size > 0) this.queues.set(name, queue);
      if (bytes >= MAX_SEND_BYTES) break;
    }
    return send;
  }

  /** Removes the chunks of appends that have failed already: sending the rest would store them with a gap. */
  removeFailed(): Chunk[] {
    const removed: Chunk[] = [];
    for (const [name, queue] of this.queues) {
      for (const [flow, chunks] of queue) {
        const live = chunks.filter((chunk) => !chunk.append.isSettled);
        if (live.length === chunks.length) continue;
        removed.push(...chunks.filter((chunk) => chunk.append.isSettled));
        if (live.length > 0) queue.set(flow, live);
        else queue.delete(flow);
      }
      if (queue.size === 0) this.queues.delete(name);
    }
    return removed;
  }
}

/** What one send holds of a partition: always one chunk, so that nothing can be stuck. */
function takeInTurns(queue: PartitionQueue, room: number): Chunk[] {
  const most = Math.min(room, MAX_PARTITION_BYTES);
  const taken: Chunk[] = [];
  let bytes = 0;
  let records = 0;
  for (let first = next(queue); first; first = next(queue)) {
    const [flow, chunks] = first;
    bytes += chunks[0]!.bytes;
    records += chunks[0]!.records.length;
    if (taken.length > 0 && (bytes > most || records > MAX_PARTITION_RECORDS)) break;
    taken.push(chunks.shift()!);
    queue.delete(flow);
    if (chunks.length > 0) queue.set(flow, chunks);
  }
  return taken;
}

const next = (queue: PartitionQueue) => queue.entries().next().value;
