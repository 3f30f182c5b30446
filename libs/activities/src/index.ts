export { ActivitiesModule } from './activities.module.js';
export { activitiesTopic } from './activities.topic.js';
export { activitiesFold, type ActivityFollower, type Move } from './fold/activities.fold.js';
export { PositionHeader } from './http/position-header.js';
export { TYPE as ACTIVITY_TYPE } from './ingestion/activity.input.js';
export { replayedActivities } from './fold/bulk.js';
export { newSalt, Positions, type StreamPosition } from './positions.js';
export { type LastActive } from './fold/tally.js';
export {
  type ActivityOwner,
  type ActivityOwners,
  type MessagePage,
  type PartitionRange,
  positionsAt,
  type PublishedMessage,
  readForTargets,
  readPast,
  type WantedActivities,
} from './queries/activities-in-order.js';
export {
  countActive,
  countActiveIn,
  lastActiveBetween,
  lastActivePages,
  lastActiveSums,
  type LastActiveSum,
  lastActiveTerm,
} from './queries/last-active.js';
export {
  type ActivityKey,
  countByInterval,
  countMost,
  type KeyedCount,
  MOST_COUNTS,
} from './queries/activities-by-interval.js';
export {
  countActiveByInterval,
  countActiveFrom,
  countPresent,
  countReturned,
} from './queries/active-users-by-interval.js';
export { type CountedActivities, type Intervals } from './queries/activities-in-intervals.js';
export { ViewsBehind } from './queries/reached.js';
export {
  PUBLISHED_COLUMNS,
  PublishedActivity,
  publishedActivity,
  type PublishedRow,
} from './queries/published-activity.js';
export { typeParameter } from './http/activities.input.js';
export { windowParameter } from './window.js';
