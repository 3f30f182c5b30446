import { Controller, Get, Inject, Module, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { z } from 'zod';
import { PublicEndpoint } from './http/endpoint.js';
import { within } from './within.js';

/** A dependency without which the process cannot serve: `check` resolves when it is there and rejects with the reason. */
export interface ReadinessCheck {
  readonly name: string;
  check(): Promise<void>;
}

export const READINESS = Symbol('READINESS');

// A probe waits for its answer; a server that hangs counts as down.
const PATIENCE_MS = 2_000;

const Live = z.object({ status: z.literal('ok') }).meta({ id: 'Liveness', examples: [{ status: 'ok' }] });

const Readiness = z
  .object({
    status: z.enum(['ok', 'unavailable']),
    checks: z.record(z.string(), z.string()).describe('What is needed: "ok", or the reason why it is not there.'),
  })
  .meta({ id: 'Readiness', examples: [{ status: 'ok', checks: { views: 'ok', log: 'ok' } }] });

@ApiTags('operations')
@Controller('health')
class HealthController {
  private looking: Promise<[string, string][]> | undefined;

  constructor(@Inject(READINESS) private readonly checks: readonly ReadinessCheck[]) {}

  @Get('live')
  @PublicEndpoint({
    id: 'isLive',
    summary: 'Whether the process runs',
    description: 'For a supervisor: whether to start the process anew.',
    answers: { 200: { body: Live } },
  })
  live() {
    return { status: 'ok' };
  }

  @Get('ready')
  @PublicEndpoint({
    id: 'isReady',
    summary: 'Whether the process can serve',
    description: 'For a load balancer: whether to send requests here, and if not, why.',
    answers: { 200: { body: Readiness }, 503: { body: Readiness, headers: { 'Retry-After': 'always' } } },
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    // Load balancers have to find another instance before this one is gone.
    const stopping = reply.server.draining.begun ? [['interface', 'is stopping'] as const] : [];
    const results = [...stopping, ...(await this.look())];
    const ready = results.every(([, result]) => result === 'ok');
    if (!ready) void reply.status(503).header('retry-after', '2');
    return { status: ready ? 'ok' : 'unavailable', checks: Object.fromEntries(results) };
  }

  /** One look for all who ask meanwhile: nobody needs a token for this, and it asks every server. */
  private look(): Promise<[string, string][]> {
    const look = async ({ name, check }: ReadinessCheck): Promise<[string, string]> => [name, await outcome(check())];
    return (this.looking ??= Promise.all(this.checks.map(look)).finally(() => (this.looking = undefined)));
  }
}

async function outcome(checked: Promise<void>): Promise<string> {
  return within(PATIENCE_MS, checked).then(
    () => 'ok',
    // Messages of clients can hold an address with a password: only what is safe to show leaves the process.
    (error: Error) =>
      /no answer|is not|is stopping|missing|replay|being rebuilt/.test(error.message)
        ? error.message
        : 'does not answer',
  );
}

/** How the checks are made, of what they ask. */
export interface ReadinessChecks {
  readonly inject: unknown[];
  readonly useFactory: (...args: never[]) => ReadinessCheck[];
}

/** `GET /health/live` and `GET /health/ready`; the importing module provides `READINESS`. */
@Module({ controllers: [HealthController] })
export class HealthModule {
  static with(checks: ReadinessChecks) {
    return { module: HealthModule, providers: [{ provide: READINESS, ...checks } as never] };
  }
}
