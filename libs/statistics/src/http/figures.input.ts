import { z } from 'zod';
import { typeParameter, windowParameter } from '#activities';
import { entityId, timeParameter, wholeNumber } from '#platform';
import { INTERVALS, isDate, isTimeZone } from '../intervals.js';
import { INTERVALS_UNASKED } from './asked-intervals.js';

/** One of several words. */
function oneOf<const Words extends readonly [string, ...string[]]>(...words: Words) {
  return z.enum(words, { error: `must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}` });
}

const interval = oneOf(...INTERVALS).default('day');

const tz = z
  .string()
  .refine(isTimeZone, { error: 'must be a time zone of IANA such as Europe/Berlin' })
  .default('UTC')
  .meta({
    description: 'The time zone of IANA, in whatever case, in which hours, days, weeks (from Monday) and months begin.',
    examples: ['Europe/Berlin'],
  });

const TIME = timeParameter('');
const NEITHER = 'must be a date such as 2026-11-22, or a time as of RFC 3339 such as 2026-11-22T05:59:01Z';

/** A date as it is written, or a moment in milliseconds since the epoch. */
function dateOrTime(description: string) {
  return z
    .string()
    .transform((text, context): string | number => {
      if (isDate(text)) return text;
      const time = TIME.safeParse(text);
      if (time.success) return time.data;
      context.addIssue({ code: 'custom', message: NEITHER });
      return z.NEVER;
    })
    .meta({ description, examples: ['2026-11-22'] });
}

const Span = z.strictObject({
  from: dateOrTime(
    `The first moment: a time, or a date for its first in \`tz\`. Left out: so that there are ${INTERVALS_UNASKED} intervals.`,
  ).optional(),
  to: dateOrTime(
    'Where it ends: a time, which is not in it, or a date, which is as a whole. Left out: now.',
  ).optional(),
  tz,
});

const workspace = entityId.optional().describe('Only what happened in this workspace.');

export const SeriesQuery = Span.extend({ interval, workspace });

export const ActivitySeriesQuery = SeriesQuery.extend({
  type: typeParameter.optional().describe('Only activities of this type.'),
  group: oneOf('type', 'workspace').optional().describe('What each interval is divided by.'),
});

export const RetentionQuery = Span.extend({ interval: oneOf('day', 'week', 'month').default('day') });

export const LifecycleQuery = Span.extend({ interval });

export const EngagementQuery = z.strictObject({
  on: z
    .string()
    .refine(isDate, { error: 'must be a date such as 2026-11-22' })
    .optional()
    .meta({ description: 'The day, as a date in `tz`. Left out: today.', examples: ['2026-11-22'] }),
  tz,
});

export const TopQuery = z.strictObject({
  by: oneOf('type', 'workspace', 'user').meta({ examples: ['type'] }),
  window: windowParameter('5m'),
  limit: wholeNumber(1, 100).default(10),
});
