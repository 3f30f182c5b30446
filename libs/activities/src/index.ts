export { ActivitiesModule } from './activities.module.js';
export { activitiesTopic } from './activities.topic.js';
export { activitiesFold, type ActivityFollower, type Move } from './fold/activities.fold.js';
export { replayedActivities } from './fold/bulk.js';
export { type LastActive } from './fold/tally.js';
export {
  PUBLISHED_COLUMNS,
  PublishedActivity,
  publishedActivity,
  type PublishedRow,
} from './queries/published-activity.js';
export { parseWindow, type Window, windowParameter } from './window.js';
