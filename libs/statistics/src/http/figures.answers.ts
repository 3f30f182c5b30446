import { z } from 'zod';

const count = z.int().min(0);
const start = z.iso.datetime({ precision: 3 }).describe('Where the interval begins.');
const START = '2026-11-22T00:00:00.000Z';

const ActiveUsersInterval = z.object({ start, activeUsers: count }).meta({ id: 'ActiveUsersInterval' });

export const ActiveUsersSeriesAnswer = z
  .array(ActiveUsersInterval)
  .meta({ id: 'ActiveUsersSeries', examples: [[{ start: START, activeUsers: 2 }]] });

export const EngagementAnswer = z
  .object({ dau: count, wau: count, mau: count, stickiness: z.number().min(0).max(1) })
  .meta({ id: 'Engagement', examples: [{ dau: 2, wau: 5, mau: 6, stickiness: 0.3333 }] });

const id = z.int().min(1);

// Named, as generators of clients want whatever is one of several.
const GroupKey = z
  .union([z.string(), id, z.null()])
  .meta({ id: 'GroupKey', description: 'The type, or the id of the workspace; null for none.' });

const ActivityGroup = z.object({ key: GroupKey, count: z.int().min(1) }).meta({ id: 'ActivityGroup' });

const ActivityInterval = z
  .object({
    start,
    count,
    groups: z.array(ActivityGroup).optional().describe('Most first; where `group` is asked for.'),
  })
  .meta({ id: 'ActivityInterval' });

export const ActivitySeriesAnswer = z.object({ total: count, intervals: z.array(ActivityInterval) }).meta({
  id: 'ActivitySeries',
  examples: [{ total: 3, intervals: [{ start: START, count: 3, groups: [{ key: 'page.viewed', count: 3 }] }] }],
});

const TopKey = z
  .union([z.string(), id])
  .meta({ id: 'TopKey', description: 'The type, or the id of the workspace or user.' });

const TopEntry = z
  .object({
    key: TopKey,
    name: z.string().optional().describe('Of a workspace or user, as long as it is there.'),
    count: z.int().min(1),
  })
  .meta({ id: 'TopEntry' });

export const TopAnswer = z.array(TopEntry).meta({ id: 'Top', examples: [[{ key: 1, name: 'jane', count: 3 }]] });

const Cohort = z
  .object({
    cohort: start,
    users: count,
    returned: z.array(count).describe('How many of them were active in their own interval and in each that follows.'),
  })
  .meta({ id: 'Cohort' });

export const RetentionAnswer = z
  .array(Cohort)
  .meta({ id: 'Retention', examples: [[{ cohort: START, users: 3, returned: [3, 1] }]] });

const LifecycleInterval = z
  .object({ start, new: count, returning: count, resurrected: count, dormant: count })
  .meta({ id: 'LifecycleInterval' });

export const LifecycleAnswer = z
  .array(LifecycleInterval)
  .meta({ id: 'Lifecycle', examples: [[{ start: START, new: 1, returning: 2, resurrected: 0, dormant: 1 }]] });
