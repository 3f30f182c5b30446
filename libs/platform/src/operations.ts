import { type DynamicModule, Module } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Config, ConfigError } from './config.js';
import { HealthModule, type ReadinessCheck, type ReadinessChecks } from './health.js';
import { httpApplication } from './http/listen.js';
import { type Logger } from './logging.js';
import { MetricsModule } from './metrics.js';
import { type Closable } from './run-app.js';
import { waitFor, type Waiting, waitingOf } from './waiting.js';

@Module({})
class OperationsModule {}

/** Health and metrics among the routes of an interface; nothing where they have a port of their own. */
export function operationsOf(
  { operationsPort }: Config,
  checks: ReadinessChecks,
): (typeof MetricsModule | DynamicModule)[] {
  return operationsPort === undefined ? [MetricsModule, HealthModule.with(checks)] : [];
}

/** Health and metrics on `OPERATIONS_PORT`, where it is set. Throws `ConfigError` where that is taken. */
export async function serveOperations(
  config: Config,
  logger: Logger,
  checks: readonly ReadinessCheck[],
): Promise<Closable | undefined> {
  if (config.operationsPort === undefined) return undefined;
  const imports = [MetricsModule, HealthModule.with({ inject: [], useFactory: () => [...checks] })];
  const app = await httpApplication({ module: OperationsModule, imports }, { auth: config.auth, logger });
  await listenAt(app, waitingOf(config, logger), {
    setting: 'OPERATIONS_PORT',
    host: config.host,
    port: config.operationsPort,
  });
  logger.info(`health and metrics on ${await app.getUrl()}`);
  return app;
}

/** Checks that an interface takes requests, where its health is served on another port. */
export function takesRequests(app: NestFastifyApplication): ReadinessCheck {
  const { draining, server } = app.getHttpAdapter().getInstance();
  const check = async () => {
    if (draining.begun) throw new Error('is stopping');
    if (!server.listening) throw new Error('is not listening yet');
  };
  return { name: 'interface', check };
}

/** Closes the interface first and operations last: until then readiness says that the interface is stopping. */
export function closingBoth(app: Closable, operations: Closable | undefined): Closable {
  const close = async () => {
    await app.close();
    await operations?.close();
  };
  return { close };
}

/** Resolves when the application listens. Throws `ConfigError` where another process does already, or where nobody can. */
export async function listenAt(
  app: NestFastifyApplication,
  waiting: Waiting,
  { setting, host, port }: { readonly setting: string; readonly host: string; readonly port: number },
): Promise<void> {
  try {
    await waitFor(waiting, `the address ${host}:${port}`, app.listen(port, host));
  } catch (error) {
    const why = WHY[(error as NodeJS.ErrnoException).code ?? ''];
    throw why ? new ConfigError(`${setting}: ${host}:${port} ${why}`, { cause: error }) : error;
  }
}

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken: another process listens there',
  EACCES: 'may not be listened on by this user',
  EADDRNOTAVAIL: 'is no address of this machine (HOST)',
  ENOTFOUND: 'is no address of this machine (HOST)',
};
