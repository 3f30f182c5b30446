import { createServer } from 'node:net';
import { readFileSync, writeFileSync } from 'node:fs';

// Below the range that systems hand out for outgoing connections (from 32768), which could take a port between the
// moment it was found free and the moment its server listens, seconds later for a JVM; above the usual servers' ports.
const first = 20_000;
const last = 32_000;

export function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** For each name its remembered port where that is free, else another free one; no port twice. */
export async function choosePorts<Name extends string>(
  names: readonly Name[],
  remembered: Partial<Record<Name, number>>,
  free: (port: number) => Promise<boolean> = isFree,
): Promise<Record<Name, number>> {
  const chosen = {} as Record<Name, number>;
  const taken = new Set<number>();
  for (const name of names) {
    let port = remembered[name] ?? anyPort();
    while (taken.has(port) || !(await free(port))) port = anyPort();
    taken.add(port);
    chosen[name] = port;
  }
  return chosen;
}

/** `choosePorts` with its memory in a file. */
export async function rememberedPorts<Name extends string>(
  file: string,
  names: readonly Name[],
): Promise<Record<Name, number>> {
  const remembered = readPorts(file);
  const chosen = await choosePorts(names, remembered as Partial<Record<Name, number>>);
  writeFileSync(file, JSON.stringify({ ...remembered, ...chosen }, null, 2));
  return chosen;
}

function readPorts(file: string): Partial<Record<string, number>> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
  } catch {
    return {};
  }
}

function anyPort(): number {
  return first + Math.floor(Math.random() * (last - first));
}
