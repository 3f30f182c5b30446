import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** A port that leads to another one, until all its connections are cut off; it takes new ones then. */
export interface Cable {
  readonly port: number;
  cut(): void;
  /** Cuts a connection once so many bytes have come through to whoever opened it, counted from now on, and then no other. */
  cutWithin(bytes: number): void;
  /** New connections lead to this port from now on. */
  leadTo(port: number): void;
  close(): void;
}

export async function cableTo(target: number): Promise<Cable> {
  const ends = new Set<Socket>();
  let left = Infinity;
  let leadsTo = target;
  const server = createServer((here) => {
    const there = connect(leadsTo, '127.0.0.1');
    for (const [one, other] of [
      [here, there],
      [there, here],
    ] as const) {
      ends.add(one);
      one
        .on('error', () => undefined)
        .on('close', () => {
          ends.delete(one);
          other.destroy();
        });
    }
    here.pipe(there);
    there.pipe(measured(here)).pipe(here);
  }).listen(0, '127.0.0.1');
  // What lies before the cut still arrives.
  const measured = (here: Socket) =>
    new Transform({
      transform(chunk: Buffer, _encoding, done) {
        const through = chunk.subarray(0, left);
        left -= through.length;
        if (left > 0) return done(null, through);
        left = Infinity;
        here.end(through, () => here.destroy());
      },
    });
  await once(server, 'listening');
  const cut = () => {
    for (const end of ends) end.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    cutWithin(bytes) {
      left = bytes;
    },
    leadTo(port) {
      leadsTo = port;
    },
    close() {
      server.close();
      cut();
    },
  };
}
