import { z } from 'zod';

/** Of an entry and its total, what a published activity is made of. */
export const PUBLISHED_COLUMNS =
  'activity_id, source, type, user_id, nullif(workspace_id, 0) AS workspace_id, occurred_at, received_at, data::json AS data';

/** A row with these columns; times in milliseconds since the epoch. */
export interface PublishedRow {
  activity_id: string;
  source: string | null;
  type: string;
  user_id: number;
  workspace_id: number | null;
  occurred_at: number;
  received_at: number;
  data: object | null;
}

/** An activity as feeds and streams show it (contract, section 5). */
export const PublishedActivity = z
  .object({
    id: z.string(),
    source: z.string().optional().describe('Whose id it is, where that was said.'),
    type: z.string(),
    userId: z.int().min(1),
    workspaceId: z.int().min(1).nullable(),
    occurredAt: z.iso.datetime({ precision: 3 }),
    receivedAt: z.iso.datetime({ precision: 3 }),
    data: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({
    id: 'Activity',
    examples: [
      {
        id: 'b6df582b-f530-43bb-92db-d5e7e5a4c6a5',
        type: 'page.viewed',
        userId: 1,
        workspaceId: 1,
        occurredAt: '2026-11-22T05:59:01.030Z',
        receivedAt: '2026-11-22T05:59:01.073Z',
        data: { path: '/' },
      },
    ],
  });
export type PublishedActivity = z.output<typeof PublishedActivity>;

export function publishedActivity(row: PublishedRow): PublishedActivity {
  return {
    id: row.activity_id,
    ...(row.source !== null && { source: row.source }),
    type: row.type,
    userId: row.user_id,
    workspaceId: row.workspace_id,
    occurredAt: new Date(row.occurred_at).toISOString(),
    receivedAt: new Date(row.received_at).toISOString(),
    data: row.data as PublishedActivity['data'],
  };
}
