import { choosePorts } from '../../../launcher/ports.ts';
import { type AppProcess, spawnApp } from '../app-process.ts';
import { Balancer } from '../balancer.ts';
import { eventually } from '../eventually.ts';
import type { Service } from '../service.ts';

const NAMES = ['interface', 'first', 'second', 'third'] as const;
type Name = (typeof NAMES)[number];
type Running = Pick<Service, 'config'>;

/** A service as processes: a projector, an interface, and several instances of the stream behind one address. */
export class StreamFleet {
  /** Instances that were stopped in order, and killed, and came again. */
  readonly counts = { restarts: 0, kills: 0 };
  readonly streams: Balancer;
  private readonly service: Running;
  private readonly ports: Record<Name, number>;
  private readonly running = new Map<Name | 'projector', AppProcess>();

  private constructor(service: Running, ports: Record<Name, number>, streams: Balancer) {
    this.service = service;
    this.ports = ports;
    this.streams = streams;
  }

  /** Resolves when all are up, with views that are new. */
  static async start(service: Running): Promise<StreamFleet> {
    const ports = await choosePorts(NAMES, {});
    const { first, second, third } = ports;
    const fleet = new StreamFleet(service, ports, await Balancer.before([first, second, third]));
    try {
      await fleet.startProjector();
      await Promise.all(NAMES.map((name) => fleet.startInstance(name)));
    } catch (error) {
      await fleet.killAll();
      throw error;
    }
    return fleet;
  }

  /** Where activities are sent; the streams have an address of their own. */
  get url(): string {
    return `http://127.0.0.1:${this.ports.interface}`;
  }

  async startProjector(): Promise<void> {
    this.running.set('projector', await spawnApp('projector', this.service));
  }

  stopProjector(): Promise<void> {
    return this.stop('projector');
  }

  /** From here on there are streams alone. */
  stopInterface(): Promise<void> {
    return this.stop('interface');
  }

  /** All instances of the stream, one after the other, each when the one before it is in use again. */
  async restartStreams(): Promise<void> {
    for (const name of ['first', 'second', 'third'] as const) {
      await this.stop(name);
      await this.startInstance(name);
      await this.inUse(name);
      this.counts.restarts += 1;
    }
  }

  async killStream(): Promise<void> {
    const killed = this.running.get('second')!;
    killed.kill('SIGKILL');
    await killed.gone;
    this.counts.kills += 1;
    await this.startInstance('second');
    await this.inUse('second');
  }

  async killAll(): Promise<void> {
    this.streams.close();
    const all = [...this.running.values()];
    for (const { kill } of all) kill('SIGKILL');
    await Promise.all(all.map(({ gone }) => gone));
  }

  private async startInstance(name: Name): Promise<void> {
    const app = name === 'interface' ? 'api' : 'stream';
    const where = { HOST: '127.0.0.1', PORT: String(this.ports[name]) };
    this.running.set(name, await spawnApp(app, this.service, where));
  }

  private async stop(name: Name | 'projector'): Promise<void> {
    const app = this.running.get(name)!;
    app.kill('SIGTERM');
    const { code } = await app.gone;
    if (code !== 0) throw new Error(`the ${name} ended with ${code}: ${app.logged()}`);
    this.running.delete(name);
  }

  private inUse(name: Name): Promise<void> {
    return eventually(() => {
      if (this.streams.openTo(this.ports[name]) === 0) throw new Error(`nobody is connected to the ${name}`);
    });
  }
}
