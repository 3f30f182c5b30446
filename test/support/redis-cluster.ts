import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { makeFolder } from '../../launcher/paths.ts';
import { choosePorts } from '../../launcher/ports.ts';
import type { RunningProcess } from '../../launcher/processes.ts';
import { openThrowAwaySession, type Session } from '../../launcher/session.ts';
import type { Certificates } from './certificates.ts';
import { eventually } from './eventually.ts';

const MASTERS = 3;
const SLOTS = 16_384;
const HOST = '127.0.0.1';
/** From here on a server that does not answer is down, and its replica takes its place. */
const NODE_TIMEOUT_MS = 2_000;

interface Options {
  readonly password?: string;
  /** Of servers that speak TLS alone. */
  readonly certificates?: Certificates;
}

interface MovedSlot {
  readonly order?: (keys: string[]) => string[];
  readonly between?: () => Promise<unknown>;
}

/** A Redis Cluster of one test: three masters, of which the first has a replica. They store nothing. */
export class RedisCluster {
  readonly addresses: readonly string[];
  private readonly nodes: readonly Node[];
  private readonly session: Session;

  private constructor(session: Session, nodes: readonly Node[]) {
    this.session = session;
    this.nodes = nodes;
    this.addresses = nodes.map(({ address }) => address);
  }

  /** Resolves when all slots are served and the replica has what its master has. */
  static async start(name: string, options: Options = {}): Promise<RedisCluster> {
    const session = await openThrowAwaySession(name);
    try {
      const nodes: Node[] = [];
      for (let n = 0; n <= MASTERS; n += 1) nodes.push(await Node.start(session, `redis-${n}`, options));
      await meet(nodes);
      return new RedisCluster(session, nodes);
    } catch (error) {
      await session.processes.stopAll();
      throw error;
    }
  }

  /** As `REDIS_URL` takes it. */
  get url(): string {
    return this.addresses.join(',');
  }

  /** Those that are masters now, in a fixed order. */
  async masters(): Promise<Node[]> {
    const roles = await Promise.all(this.nodes.map(async (node) => node.isUp && (await node.isMaster())));
    return this.nodes.filter((_, n) => roles[n]);
  }

  /** The master that serves the slot of a key. */
  async masterOf(key: string): Promise<Node> {
    const up = this.nodes.find(({ isUp }) => isUp)!;
    const slot = await up.admin.cluster('KEYSLOT', key);
    const ranges = await up.admin.cluster('SLOTS');
    const [, , master] = ranges.find(([first, last]) => first <= slot && slot <= last)!;
    return this.nodes.find((node) => node.port === master![1])!;
  }

  /** Moves the slot of a key to another master as an operator does: key by key in the order that is given, `between` after each. */
  async moveSlot(
    key: string,
    to: Node,
    { order = (keys) => keys, between = async () => undefined }: MovedSlot = {},
  ): Promise<void> {
    const from = await this.masterOf(key);
    if (from === to) return;
    const slot = await from.admin.cluster('KEYSLOT', key);
    await to.admin.cluster('SETSLOT', slot, 'IMPORTING', await from.id());
    await from.admin.cluster('SETSLOT', slot, 'MIGRATING', await to.id());
    for (;;) {
      const [next] = order(await from.admin.cluster('GETKEYSINSLOT', slot, 1_000));
      if (next === undefined) break;
      await from.handOver(next, to);
      await between();
    }
    for (const node of [to, from, ...(await this.masters())])
      await node.admin.cluster('SETSLOT', slot, 'NODE', await to.id());
  }

  async empty(): Promise<void> {
    for (const master of await this.masters()) await master.admin.flushall();
  }

  /** Each server's state of the cluster is good, and all are there. */
  async whole(): Promise<void> {
    await eventually(() => allWhole(this.nodes));
  }

  stop(): Promise<void> {
    for (const { admin } of this.nodes) admin.disconnect();
    return this.session.processes.stopAll();
  }
}

/** One server. */
export class Node {
  readonly port: number;
  readonly address: string;
  readonly admin: Redis;
  private readonly begin: () => RunningProcess;
  private running: RunningProcess | undefined;

  private constructor(port: number, { password, certificates }: Options, begin: () => RunningProcess) {
    this.port = port;
    this.begin = begin;
    const user = password ? `:${encodeURIComponent(password)}@` : '';
    this.address = `${certificates ? 'rediss' : 'redis'}://${user}${HOST}:${port}`;
    this.running = begin();
    this.admin = new Redis({
      host: HOST,
      port,
      password,
      retryStrategy: () => 50,
      maxRetriesPerRequest: null,
      ...(certificates && { tls: { rejectUnauthorized: false } }),
    });
    this.admin.on('error', () => undefined);
  }

  static async start(session: Session, name: string, options: Options): Promise<Node> {
    const folder = makeFolder(join(session.folder, name), 0o700);
    const { port, bus } = await choosePorts(['port', 'bus'], {});
    const settings = join(folder, 'redis.conf');
    writeFileSync(settings, settingsOf(folder, port, bus, options), { mode: 0o600 });
    const output = { log: join(session.logs, `${name}.log`) };
    const spec = { name, kind: 'server' as const, command: 'redis-server', args: [settings], output };
    const node = new Node(port, options, () => session.processes.start(spec));
    await node.admin.ping();
    return node;
  }

  get isUp(): boolean {
    return this.running !== undefined;
  }

  id(): Promise<string> {
    return this.admin.cluster('MYID');
  }

  async isMaster(): Promise<boolean> {
    return (await this.admin.info('replication')).includes('role:master');
  }

  async handOver(key: string, { port, admin }: Node): Promise<void> {
    const { password } = admin.options;
    await this.admin.migrate(HOST, port, key, 0, 5_000, ...(password ? (['AUTH', password] as never[]) : []));
  }

  async kill(): Promise<void> {
    const { pid, exitCode } = this.running!;
    this.running = undefined;
    process.kill(pid, 'SIGKILL');
    await exitCode;
  }

  /** Again, with what it knows of the cluster, and with no data. */
  async startAgain(): Promise<void> {
    this.running = this.begin();
    await this.admin.ping();
  }

  /** Neither ended nor answering. */
  hang(): void {
    process.kill(this.running!.pid, 'SIGSTOP');
  }

  goOn(): void {
    process.kill(this.running!.pid, 'SIGCONT');
  }
}

async function meet(nodes: readonly Node[]): Promise<void> {
  const [first, ...others] = nodes as readonly [Node, ...Node[]];
  const masters = nodes.slice(0, MASTERS);
  for (const [n, { admin }] of masters.entries()) {
    const from = Math.ceil((n * SLOTS) / MASTERS);
    const to = Math.ceil(((n + 1) * SLOTS) / MASTERS) - 1;
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', from, to);
  }
  for (const { admin, port } of others) {
    const bus = Number(((await admin.config('GET', 'cluster-port')) as string[])[1]);
    await first.admin.call('CLUSTER', 'MEET', HOST, port, bus);
  }
  const replica = nodes[MASTERS]!;
  const id = await first.id();
  await eventually(() => replica.admin.cluster('REPLICATE', id));
  await eventually(() => allWhole(nodes));
}

async function allWhole(nodes: readonly Node[]): Promise<void> {
  for (const { admin, port } of nodes) {
    const state = await admin.cluster('INFO');
    const known = new RegExp(`cluster_state:ok[^]*cluster_known_nodes:${nodes.length}\\s`);
    if (!known.test(state)) throw new Error(`${port} says: ${state}`);
    const replication = await admin.info('replication');
    if (/role:slave/.test(replication) && !/master_link_status:up/.test(replication)) throw new Error(replication);
  }
}

function settingsOf(folder: string, port: number, bus: number, { password, certificates }: Options): string {
  const tls = certificates && [
    `tls-port ${port}`,
    'port 0',
    'tls-auth-clients no',
    'tls-cluster yes',
    'tls-replication yes',
    `tls-ca-cert-file ${certificates.ca}`,
    `tls-cert-file ${certificates.cert}`,
    `tls-key-file ${certificates.key}`,
  ];
  return [
    `bind ${HOST}`,
    ...(tls ?? [`port ${port}`]),
    ...(password ? [`requirepass ${password}`, `masterauth ${password}`] : []),
    `dir "${folder}"`,
    'save ""',
    'appendonly no',
    'repl-diskless-sync-delay 0',
    'cluster-enabled yes',
    `cluster-port ${bus}`,
    `cluster-node-timeout ${NODE_TIMEOUT_MS}`,
    // A replica that has heard nothing for long takes over all the same, and stays with its master.
    'cluster-replica-validity-factor 0',
    'cluster-allow-replica-migration no',
    '',
  ].join('\n');
}
