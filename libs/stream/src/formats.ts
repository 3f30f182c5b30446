import { Problem } from '#platform';
import { qualityOf } from './accept.js';

/** Why a stream does not go on from the position that the client named. */
export const RESET_REASONS = ['malformed-position', 'position-of-another-stream', 'unknown-position'] as const;

export interface Reset {
  readonly reason: (typeof RESET_REASONS)[number];
  readonly resumedFrom: string;
}

/** How a stream is written. Positions are event ids (`Positions`), `json` is an activity as in the feed. */
export interface Format {
  readonly mediaType: string;
  /** The first bytes. */
  opening(position: string): string;
  activity(position: string, json: string): string;
  reset(reset: Reset): string;
  /** The last bytes before the connection ends though there is more to come: wait so many milliseconds. */
  farewell(retry: number): string;
  readonly heartbeat: string;
}

/**
 * Server-Sent Events (WHATWG HTML, 9.2). The opening names a position, with data since some clients forget an `id` that
 * came without: what happens until one who lost the connection is back is not missed, even if they had not received a
 * single activity.
 */
export const EVENT_STREAM: Format = {
  mediaType: 'text/event-stream',
  opening: (position) =>
    `retry: 2000\n: live from here on\nevent: position\nid: ${position}\ndata: ${JSON.stringify({ position })}\n\n`,
  activity: (position, json) => `id: ${position}\ndata: ${json}\n\n`,
  reset: (reset) => `event: reset\nid: ${reset.resumedFrom}\ndata: ${JSON.stringify(reset)}\n\n`,
  farewell: (retry) => `retry: ${retry}\n\n`,
  heartbeat: ': still here\n\n',
};

/**
 * NDJSON: the first line is the position, `{"position"}`; a line is an activity with its `position` as one more member; a
 * reset is a line whose only member is `reset`; the heartbeat is an empty line.
 */
export const LINES: Format = {
  mediaType: 'application/x-ndjson',
  opening: (position) => `${JSON.stringify({ position })}\n`,
  activity: (position, json) => `${json.slice(0, -1)},"position":"${position}"}\n`,
  reset: (reset) => `${JSON.stringify({ reset })}\n`,
  farewell: () => '',
  heartbeat: '\n',
};

/** Server-Sent Events unless the client would rather have lines. */
export function formatFor(accept: string | undefined): Format {
  const [events, lines] = [EVENT_STREAM, LINES].map(({ mediaType }) => qualityOf(accept, mediaType));
  return lines! > events! ? LINES : EVENT_STREAM;
}

/** How activities that are an answer as a whole are written. */
export interface List {
  readonly mediaType: string;
  of(activities: readonly string[]): string;
}

export const JSON_LIST: List = {
  mediaType: 'application/json',
  of: (activities) => `[${activities.join(',')}]`,
};

export const LINE_LIST: List = {
  mediaType: LINES.mediaType,
  of: (activities) => activities.map((json) => `${json}\n`).join(''),
};

/** A JSON array unless the client would rather have lines. Throws `invalid-request` for one that wants events and neither. */
export function listFor(accept: string | undefined): List {
  const qualities = [JSON_LIST, LINE_LIST, EVENT_STREAM].map(({ mediaType }) => qualityOf(accept, mediaType));
  const [json = 0, lines = 0, events = 0] = qualities;
  if (json + lines > 0 || events === 0) return lines > json ? LINE_LIST : JSON_LIST;
  const detail = 'must take application/json or application/x-ndjson beside wait and limit; leave both out for events';
  throw new Problem('invalid-request', `Accept: ${detail}.`, {
    errors: [{ parameter: 'Accept', code: 'invalid', detail }],
  });
}
