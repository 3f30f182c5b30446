import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { PositionHeader } from '#activities';
import { DirectoryModule } from '#registry';
import { LiveFigures } from './figures/live-figures.js';
import { FiguresController } from './http/figures.controller.js';
import { StatisticsController } from './http/statistics.controller.js';
import { ActiveUsersSeriesHandler } from './queries/active-users-series.js';
import { ActiveUsersHandler } from './queries/active-users.js';
import { ActivitySeriesHandler } from './queries/activity-series.js';
import { EngagementHandler } from './queries/engagement.js';
import { LifecycleHandler } from './queries/lifecycle.js';
import { RetentionHandler } from './queries/retention.js';
import { TopHandler } from './queries/top.js';

/** Who is active, what happened, and who comes back: the figures and their routes. */
@Module({
  imports: [CqrsModule, DirectoryModule],
  controllers: [StatisticsController, FiguresController],
  providers: [
    LiveFigures,
    PositionHeader,
    ActiveUsersHandler,
    ActiveUsersSeriesHandler,
    ActivitySeriesHandler,
    EngagementHandler,
    LifecycleHandler,
    RetentionHandler,
    TopHandler,
  ],
})
export class StatisticsModule {}
