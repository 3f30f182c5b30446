import { type DynamicModule, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { activitiesFold, ActivitiesModule } from '#activities';
import { EVENT_LOG, type EventLog } from '#event-sourcing';
import { EventLogModule } from '#event-log';
import {
  CONFIG,
  type Config,
  kafkaFor,
  LOGGER,
  type Logger,
  Namespace,
  operationsOf,
  PlatformModule,
  Postgres,
  ProblemPagesModule,
  type ReadinessCheck,
  waitFor,
  waitingOf,
} from '#platform';
import { requireGeneration } from '#projections';
import { registryViews, RegistryModule } from '#registry';
import { StatisticsModule } from '#statistics';
import { StreamModule } from '#stream';

/** The whole HTTP interface, the live stream included. */
@Module({})
export class ApiModule implements OnModuleInit {
  constructor(
    @Inject(EVENT_LOG) private readonly log: EventLog,
    private readonly namespace: Namespace,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  static with(config: Config, logger: Logger, namespace?: Namespace): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        PlatformModule.with(config, logger, namespace),
        EventLogModule,
        RegistryModule,
        ActivitiesModule,
        StatisticsModule,
        StreamModule,
        ProblemPagesModule,
        ...operationsOf(config, { inject: [Postgres, EVENT_LOG, Namespace], useFactory: readiness }),
      ],
    };
  }

  async onModuleInit(): Promise<void> {
    const preparing = this.log.prepare(folds(this.namespace).map(({ topic }) => topic));
    await waitFor(waitingOf(this.config, this.logger), kafkaFor('the topics', this.config), preparing);
  }
}

export const folds = (namespace: Namespace) => [registryViews(namespace), activitiesFold(namespace)];

/** Without Postgres or the log nothing can be answered; without Redis everything can, only slower. */
export function readiness(postgres: Postgres, log: EventLog, namespace: Namespace): ReadinessCheck[] {
  return [
    {
      name: 'views',
      check: async () => {
        for (const fold of folds(namespace)) await requireGeneration(postgres, namespace, fold);
      },
    },
    {
      name: 'log',
      check: async () => {
        for (const fold of folds(namespace)) await log.extents(fold.topic.name);
      },
    },
  ];
}
