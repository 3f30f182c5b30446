import { join } from 'node:path';
import { isFree, rememberedPorts } from './ports.ts';
import { say } from './progress.ts';
import { Refusal } from './refusal.ts';
import type { Session } from './session.ts';

export interface Address {
  readonly HOST: string;
  readonly PORT: string;
  /** Where somebody on this machine reaches it. */
  readonly url: string;
}

const usualPort = 3000;

/** Where the HTTP interface will listen: as HOST and PORT say; without PORT on 3000, or another port if that is taken. */
export async function chooseAddress(session: Session): Promise<Address> {
  const host = process.env.HOST || '127.0.0.1';
  const port = await choosePort(session, host);
  return { HOST: host, PORT: String(port), url: `http://${reachable(host)}:${port}` };
}

async function choosePort(session: Session, host: string): Promise<number> {
  const asked = process.env.PORT;
  if (asked) {
    const port = Number(asked);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Refusal(`PORT=${asked} is not a port.`);
    if (await isFree(port, host)) return port;
    throw new Refusal(
      `Port ${port} on ${host} is taken: set PORT to another one, or unset it and a free one is taken.`,
    );
  }
  if (await isFree(usualPort, host)) return usualPort;
  const { api } = await rememberedPorts(join(session.folder, 'ports.json'), ['api']);
  say(`Port ${usualPort} is taken; taking ${api}.`);
  return api;
}

function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
