import { z } from 'zod';
import { ACTIVITY_TYPE, PublishedActivity } from '#activities';
import { entityId, timeParameter, wholeNumber } from '#platform';
import { EVENT_STREAM, JSON_LIST, LINES, RESET_REASONS } from '../formats.js';

const EXAMPLES = ['kq2Zb8vN4sWm1XfYc0TgRw', 'b7JdP3uLx9QeHn6SaVtKyA'] as const;

const TYPE = ACTIVITY_TYPE.source.slice(1, -1);
const WAIT = /^(?:[12]?\d|30)s?$/;
const TYPE_LIST = new RegExp(`^${TYPE}(?:,${TYPE}){0,49}$`);

export const UserPath = z.strictObject({ user_id: entityId });

export const WorkspacePath = z.strictObject({ id: entityId });

export const StreamQuery = z.strictObject({
  types: z
    .string()
    .regex(TYPE_LIST, 'must be 1 to 50 types of activity, separated by commas')
    .transform((types): ReadonlySet<string> => new Set(types.split(',')))
    .optional()
    .describe('Only activities of these types'),
  lastEventId: z
    .string()
    .min(1, 'must be a position')
    .optional()
    .describe('Resume behind this position; the header Last-Event-ID goes first'),
  after: z.string().min(1, 'must be a position').optional().describe('The same as lastEventId, which goes first'),
  since: timeParameter('Begin with what was received (receivedAt) then or later; a position goes first').optional(),
  wait: z
    .string()
    .regex(WAIT, 'must be 0 to 30 seconds, such as 20s')
    .transform((text) => Number.parseInt(text, 10) * 1_000)
    .optional()
    .meta({ examples: ['20s'] })
    .describe(
      'No stream, but one answer: at once where there is something, else for so long (0 to 30 s, 0 by default)',
    ),
  limit: wholeNumber(1, 5_000)
    .optional()
    .describe('No stream, but one answer, with at most so many activities (1000 by default); it may have less'),
  ticket: z
    .string()
    .min(1, 'must be a ticket')
    .optional()
    .describe(
      'Where there is no good Authorization, from POST /api/v3/stream-tickets: from its first use on for this stream',
    ),
});

export const Ticket = z
  .object({
    ticket: z.string().describe('Opens one stream, and that stream again, until the token expires or a day has passed'),
    expiresIn: z.int().min(1).describe('Seconds within which it has to be used first'),
  })
  .meta({ id: 'StreamTicket', examples: [{ ticket: 'f6pO0nRkDq0J9hVJmXv0uYcWb3Zt1sEe', expiresIn: 30 }] });

export const ResumeHeaders = z.object({
  'Last-Event-ID': z
    .string()
    .optional()
    .meta({
      description: 'Resume behind this position; an empty one counts as none. One that is not known gets a reset.',
      examples: [EXAMPLES[0]],
    }),
});

const PositionNotice = z.object({ position: z.string() }).describe('Where the stream begins, said first.');

export const ResetNotice = z
  .object({ reason: z.enum(RESET_REASONS), resumedFrom: z.string() })
  .meta({ id: 'StreamReset', examples: [{ reason: 'unknown-position', resumedFrom: EXAMPLES[0] }] });

/** The headers of an answer with `wait` or `limit`. */
export const CAUGHT_UP_HEADERS = { 'Tidemark-Position': 'sometimes', 'Tidemark-Up-To-Date': 'sometimes' } as const;

/** A line of a stream: an activity with the position behind which to resume, or without it in an answer with `wait`. */
const StreamedLine = z.union([
  PublishedActivity.extend({ position: z.string().optional() }),
  PositionNotice,
  z.object({ reset: ResetNotice }).describe('The position is not known: it goes on from another.'),
]);

const [activity] = PublishedActivity.meta()?.examples as [object];

/** What a stream is in each of its media types; `items` is what the data of an event, or a line, says. JSON is of `wait` and `limit`. */
export const Streamed = {
  [EVENT_STREAM.mediaType]: {
    items: z.union([PublishedActivity, PositionNotice, ResetNotice]),
    example: EVENT_STREAM.opening(EXAMPLES[0]) + EVENT_STREAM.activity(EXAMPLES[1], JSON.stringify(activity)),
  },
  [LINES.mediaType]: {
    items: StreamedLine,
    example: LINES.opening(EXAMPLES[0]) + LINES.activity(EXAMPLES[1], JSON.stringify(activity)),
  },
  [JSON_LIST.mediaType]: z.array(PublishedActivity).meta({ examples: [[activity]] }),
};
