import { Controller, Get, Header, Module } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** The process's metrics, in one registry. Names begin with `tidemark_`. */
export const metrics = new Registry();
collectDefaultMetrics({ register: metrics });

export function counter<Label extends string>(name: string, help: string, labelNames: Label[] = []): Counter<Label> {
  return new Counter({ name: `tidemark_${name}`, help, labelNames, registers: [metrics] });
}

export function gauge<Label extends string>(name: string, help: string, labelNames: Label[] = []): Gauge<Label> {
  return new Gauge({ name: `tidemark_${name}`, help, labelNames, registers: [metrics] });
}

@ApiExcludeController()
@Controller('metrics')
class MetricsController {
  @Get()
  @Header('content-type', metrics.contentType)
  scrape(): Promise<string> {
    return metrics.metrics();
  }
}

/** `GET /metrics` in the text format of Prometheus. */
@Module({ controllers: [MetricsController] })
export class MetricsModule {}
