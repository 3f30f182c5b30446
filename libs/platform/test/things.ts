import { Controller, Get, Module, Post } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import { z } from 'zod';
import { HealthModule } from '../src/health.js';
import { linkTo } from '../src/http/address.js';
import { Endpoint } from '../src/http/endpoint.js';
import { type Exchange } from '../src/http/exchange.js';
import { httpApplication } from '../src/http/listen.js';
import { ProblemPagesModule } from '../src/http/problem-pages.js';
import { signToken } from '../src/tokens.js';

const secret = 'a secret of the specs, 32 bytes or more';
const call = { scope: ['users:read', 'admin'], summary: 's', answers: { 200: { body: z.object({}) } } } as const;

@Controller()
class Things {
  @Get('api/v3/things')
  @Endpoint({ id: 'spec-list', ...call })
  list({ request }: Exchange) {
    return { next: linkTo(request, { page: '2' }) };
  }

  @Post('api/v3/things')
  @Endpoint({ id: 'spec-make', ...call })
  make({ reply }: Exchange) {
    void reply.status(201).header('location', '/api/v3/things/1');
    return {};
  }

  @Post('api/v3/things/batch')
  @Endpoint({ id: 'spec-make-many', ...call })
  makeMany() {
    return {};
  }

  @Get('api/v3/things/:id')
  @Endpoint({ id: 'spec-read', ...call })
  read({ request }: Exchange) {
    return request.params;
  }
}

// For specs of what all routes share.
@Module({
  imports: [ProblemPagesModule, HealthModule.with({ inject: [], useFactory: () => [] })],
  controllers: [Things],
})
class ThingsModule {}

export const tokenOf = (scope: string) =>
  signToken(secret, { subject: 'jane', environments: ['demo'], scope, ttl: 60 });

type Settings = Omit<Parameters<typeof httpApplication>[1], 'auth' | 'logger'>;

/** Routes with nothing behind them, at a port of 127.0.0.1. */
export async function serveThings(
  settings: Settings = {},
  log: (line: string) => void = () => undefined,
): Promise<{ app: NestFastifyApplication; port: number }> {
  const logger = pino({ base: null }, { write: log });
  const app = await httpApplication(ThingsModule, { auth: { secrets: [secret] }, logger, ...settings });
  await app.listen(0, '127.0.0.1');
  return { app, port: Number(new URL(await app.getUrl()).port) };
}
