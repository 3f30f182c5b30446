import { type DynamicModule, Module } from '@nestjs/common';
import { activitiesFold } from '#activities';
import {
  type Config,
  type Logger,
  Namespace,
  operationsOf,
  PlatformModule,
  Postgres,
  ProblemPagesModule,
  type ReadinessCheck,
} from '#platform';
import { requireGeneration } from '#projections';
import { registryViews } from '#registry';
import { StreamModule } from '#stream';

/** The live stream alone, to scale apart from the rest of the interface behind one address. */
@Module({})
export class StreamAppModule {
  static with(config: Config, logger: Logger): DynamicModule {
    return {
      module: StreamAppModule,
      imports: [
        PlatformModule.with(config, logger),
        StreamModule,
        ProblemPagesModule,
        ...operationsOf(config, { inject: [Postgres, Namespace], useFactory: readiness }),
      ],
    };
  }
}

// Whether a user is known, and stays, is the registry's to say.
export const folds = (namespace: Namespace) => [registryViews(namespace), activitiesFold(namespace)];

export function readiness(postgres: Postgres, namespace: Namespace): ReadinessCheck[] {
  const check = async () => {
    for (const fold of folds(namespace)) await requireGeneration(postgres, namespace, fold);
  };
  return [{ name: 'views', check }];
}
