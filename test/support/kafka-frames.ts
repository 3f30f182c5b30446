/** Cuts a stream of bytes into Kafka's frames: four bytes of size, then as many bytes. */
export function frames(onFrame: (frame: Buffer) => void): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0);
      onFrame(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
  };
}

export const PRODUCE = 0;
export const METADATA = 3;
export const HEARTBEAT = 12;
/** What a broker says that cannot write to its disk. */
const KAFKA_STORAGE_ERROR = 56;

/** What a request is of, by its frame. */
export interface Request {
  readonly api: number;
  readonly version: number;
  readonly correlation: number;
}

export function requestOf(frame: Buffer): Request {
  return { api: frame.readInt16BE(4), version: frame.readInt16BE(6), correlation: frame.readInt32BE(8) };
}

export const correlationOf = (answer: Buffer) => answer.readInt32BE(4);

/** An answer to a request for metadata, versions 0 to 8, in which every broker has this address. */
export function withAddress(answer: Buffer, version: number, host: string, port: number): Buffer {
  const start = version >= 3 ? 12 : 8;
  const reader = new Reader(answer, start);
  const brokers = Array.from({ length: reader.int32() }, () => {
    const node = reader.int32();
    reader.text();
    reader.int32();
    const rack = version >= 1 ? reader.text() : undefined;
    return [int32(node), text(host), int32(port), ...(rack === undefined ? [] : [text(rack)])];
  });
  return framed([answer.subarray(4, start), int32(brokers.length), ...brokers.flat(), answer.subarray(reader.at)]);
}

/** The answer to a request to produce, versions 3 to 8, of a broker that stored nothing since its disk fails. */
export function storageError(request: Buffer): Buffer {
  const { version, correlation } = requestOf(request);
  const reader = new Reader(request, 12);
  reader.text();
  reader.text();
  reader.skip(6);
  const topics = Array.from({ length: reader.int32() }, () => {
    const name = reader.text();
    const partitions = Array.from({ length: reader.int32() }, () => {
      const partition = reader.int32();
      reader.skip(reader.int32());
      const offsets = [int64(-1n), int64(-1n), ...(version >= 5 ? [int64(-1n)] : [])];
      return [int32(partition), int16(KAFKA_STORAGE_ERROR), ...offsets];
    });
    return [text(name), int32(partitions.length), ...partitions.flat()];
  });
  return framed([int32(correlation), int32(topics.length), ...topics.flat(), int32(0)]);
}

class Reader {
  at: number;
  private readonly bytes: Buffer;

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  skip(bytes: number): void {
    this.at += bytes;
  }

  int32(): number {
    this.at += 4;
    return this.bytes.readInt32BE(this.at - 4);
  }

  /** Null where its length is −1. */
  text(): string | null {
    const length = this.bytes.readInt16BE(this.at);
    const start = this.at + 2;
    this.at = start + Math.max(0, length);
    return length < 0 ? null : this.bytes.toString('utf8', start, this.at);
  }
}

function framed(parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([int32(body.length), body]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

function text(value: string | null): Buffer {
  return value === null ? int16(-1) : Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);
}
