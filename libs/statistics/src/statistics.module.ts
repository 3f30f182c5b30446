import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { PositionHeader } from '#activities';
import { DirectoryModule } from '#registry';
import { LiveFigures } from './figures/live-figures.js';
import { StatisticsController } from './http/statistics.controller.js';
import { ActiveUsersHandler } from './queries/active-users.js';

/** Who is active: the figures and their routes. */
@Module({
  imports: [CqrsModule, DirectoryModule],
  controllers: [StatisticsController],
  providers: [ActiveUsersHandler, LiveFigures, PositionHeader],
})
export class StatisticsModule {}
