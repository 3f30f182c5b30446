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
  /** Where that is, and the projector too, health and metrics are asked for; undefined where the interface serves them. */
  readonly operations?: Operations;
}

interface Operations {
  readonly url: string;
  /** Each app has one of its own: they run on one machine. */
  readonly projectorPort: string;
  readonly projectorUrl: string;
}

const usualPort = 3000;
const instead = { PORT: 'a free one is taken', OPERATIONS_PORT: 'PORT has health and metrics too' };

/** Where the HTTP interface will listen: as HOST and PORT say; without PORT on 3000, or another port if that is taken. */
export async function chooseAddress(session: Session): Promise<Address> {
  const host = process.env.HOST || '127.0.0.1';
  const port = await choosePort(session, host);
  const operations = await chooseOperations(session, host);
  return { HOST: host, PORT: String(port), url: `http://${reachable(host)}:${port}`, operations };
}

async function choosePort(session: Session, host: string): Promise<number> {
  const asked = await askedPort('PORT', host);
  if (asked) return asked;
  if (await isFree(usualPort, host)) return usualPort;
  const { api } = await rememberedPorts(join(session.folder, 'ports.json'), ['api']);
  say(`Port ${usualPort} is taken; taking ${api}.`);
  return api;
}

/** `OPERATIONS_PORT` is that of the interface; the projector gets a free one. */
async function chooseOperations(session: Session, host: string): Promise<Operations | undefined> {
  const port = await askedPort('OPERATIONS_PORT', host);
  if (port === undefined) return undefined;
  const { projector } = await rememberedPorts(join(session.folder, 'ports.json'), ['projector']);
  const at = `http://${reachable(host)}`;
  return { url: `${at}:${port}`, projectorPort: String(projector), projectorUrl: `${at}:${projector}` };
}

async function askedPort(setting: 'PORT' | 'OPERATIONS_PORT', host: string): Promise<number | undefined> {
  const asked = process.env[setting];
  if (!asked) return undefined;
  const port = Number(asked);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Refusal(`${setting}=${asked} is not a port.`);
  if (await isFree(port, host)) return port;
  throw new Refusal(
    `Port ${port} on ${host} is taken: set ${setting} to another one, or unset it and ${instead[setting]}.`,
  );
}

function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
