import { Controller, Get, Header, Module } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { z } from 'zod';
import { PublicEndpoint } from './http/endpoint.js';

/** The registry of the process's metrics. Their names begin with `tidemark_`. */
export const metrics = new Registry();
collectDefaultMetrics({ register: metrics });

export function counter<Label extends string>(name: string, help: string, labelNames: Label[] = []): Counter<Label> {
  return new Counter({ name: `tidemark_${name}`, help, labelNames, registers: [metrics] });
}

/** `collect` measures anew at each scrape; it must not throw, or nothing at all is scraped. */
export function gauge<Label extends string>(
  name: string,
  help: string,
  labelNames: Label[] = [],
  collect?: (gauge: Gauge<Label>) => Promise<void>,
): Gauge<Label> {
  const gauge: Gauge<Label> = new Gauge({
    name: `tidemark_${name}`,
    help,
    labelNames,
    registers: [metrics],
    ...(collect && { collect: () => collect(gauge) }),
  });
  return gauge;
}

/** `buckets`: the upper bounds by which values are counted, in the unit that the name ends with. */
export function histogram(name: string, help: string, buckets: number[]): Histogram {
  return new Histogram({ name: `tidemark_${name}`, help, buckets, registers: [metrics] });
}

@ApiTags('operations')
@Controller('metrics')
class MetricsController {
  @Get()
  @PublicEndpoint({
    id: 'scrapeMetrics',
    summary: 'The metrics of the process, as Prometheus reads them',
    description: 'In the text format of Prometheus.',
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
