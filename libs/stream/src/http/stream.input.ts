import { z } from 'zod';
import { entityId } from '#platform';

const TYPE_LIST = /^[A-Za-z0-9._:-]{1,100}(?:,[A-Za-z0-9._:-]{1,100}){0,49}$/;

export const StreamPath = z.strictObject({ user_id: entityId });

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
  since: z.iso
    .datetime({ offset: true, error: 'must be a time like 2030-01-31T12:00:00Z' })
    .transform((time) => Date.parse(time))
    .optional()
    .describe('Begin with what was received (receivedAt) then or later; a position goes first'),
  ticket: z
    .string()
    .min(1, 'must be a ticket')
    .optional()
    .describe('In place of the header Authorization, from POST /api/v3/stream-tickets; good once'),
});
export type StreamQuery = z.output<typeof StreamQuery>;

export const NoQuery = z.strictObject({});

export const Ticket = z.object({ ticket: z.string(), expiresIn: z.int().describe('Seconds') });
