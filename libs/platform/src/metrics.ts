import { Controller, Get, Header, Module } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { z } from 'zod';
import { PublicEndpoint } from './http/endpoint.js';

/** The process's metrics, in one registry. Names begin with `tidemark_`. */
export const metrics = new Registry();
collectDefaultMetrics({ register: metrics });

export function counter<Label extends string>(name: string, help: string, labelNames: Label[] = []): Counter<Label> {
  return new Counter({ name: `tidemark_${name}`, help, labelNames, registers: [metrics] });
}

export function gauge<Label extends string>(name: string, help: string, labelNames: Label[] = []): Gauge<Label> {
  return new Gauge({ name: `tidemark_${name}`, help, labelNames, registers: [metrics] });
}

@ApiTags('operations')
@Controller('metrics')
class MetricsController {
  @Get()
  @PublicEndpoint({
    id: 'scrapeMetrics',
    summary: 'The metrics of the process, as Prometheus reads them',
    answers: { 200: { body: { 'text/plain': z.string().meta({ examples: ['tidemark_streams_open 0\n'] }) } } },
  })
  @Header('content-type', metrics.contentType)
  scrape(): Promise<string> {
    return metrics.metrics();
  }
}

/** `GET /metrics` in the text format of Prometheus. */
@Module({ controllers: [MetricsController] })
export class MetricsModule {}
