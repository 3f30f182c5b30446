/** Why a stream does not go on from the position that the client named. */
export const RESET_REASONS = ['malformed-position', 'position-of-another-stream', 'unknown-position'] as const;

export interface Reset {
  readonly reason: (typeof RESET_REASONS)[number];
  readonly resumedFrom: string;
}

/** How a stream is written. Positions are event ids (`positions.ts`), `json` is an activity as in the feed. */
export interface Format {
  readonly mediaType: string;
  /** The first bytes. */
  opening(position: string): string;
  activity(position: string, json: string): string;
  reset(reset: Reset): string;
  readonly heartbeat: string;
}

/**
 * Server-Sent Events (WHATWG HTML, 9.2). The opening's `id` without `data` dispatches nothing, yet from then on a
 * browser that loses the connection names that position: what happens until it is back is not missed, even if it had
 * not received a single activity.
 */
export const EVENT_STREAM: Format = {
  mediaType: 'text/event-stream',
  opening: (position) => `retry: 2000\n: live from here on\nid: ${position}\n\n`,
  activity: (position, json) => `id: ${position}\ndata: ${json}\n\n`,
  reset: (reset) => `event: reset\nid: ${reset.resumedFrom}\ndata: ${JSON.stringify(reset)}\n\n`,
  heartbeat: ': still here\n\n',
};

/**
 * NDJSON: a line is an activity with its `position` as one more member; a reset is a line whose only member is
 * `reset`; the heartbeat is an empty line, which is also how a stream starts.
 */
export const LINES: Format = {
  mediaType: 'application/x-ndjson',
  opening: () => '\n',
  activity: (position, json) => `${json.slice(0, -1)},"position":"${position}"}\n`,
  reset: (reset) => `${JSON.stringify({ reset })}\n`,
  heartbeat: '\n',
};

/** Server-Sent Events unless the client asks for lines and not for events. */
export function formatFor(accept: string | undefined): Format {
  const asked = accept?.toLowerCase() ?? '';
  return asked.includes(LINES.mediaType) && !asked.includes(EVENT_STREAM.mediaType) ? LINES : EVENT_STREAM;
}
