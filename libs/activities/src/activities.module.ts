import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { RegistryModule } from '#registry';
import { AppendActivities } from './commands/append-activities.js';
import { ActivitiesController } from './http/activities.controller.js';
import { FeedCursors } from './http/feed-cursors.js';
import { PositionHeader } from './http/position-header.js';
import { Admission } from './ingestion/admission.js';
import { ActiveWorkspacesHandler } from './queries/active-workspaces.js';
import { CountActivitiesHandler } from './queries/count-activities.js';
import { UserFeedHandler } from './queries/user-feed.js';

/** Taking activities in, a user's feed and counts, and where a user was active. */
@Module({
  imports: [CqrsModule, RegistryModule],
  controllers: [ActivitiesController],
  providers: [
    Admission,
    AppendActivities,
    FeedCursors,
    PositionHeader,
    UserFeedHandler,
    CountActivitiesHandler,
    ActiveWorkspacesHandler,
  ],
})
export class ActivitiesModule {}
