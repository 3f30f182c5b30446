import type { components } from './schema.js';

type Activity = components['schemas']['Activity'];
type Reset = components['schemas']['StreamReset'];

/**
 * A line of a stream: an activity and the position to resume behind; first the position where it begins; or that the
 * position asked for is not known.
 */
export type StreamedLine =
  | (Activity & { position: string; reset?: never })
  | { position: string; id?: never; reset?: never }
  | { reset: Reset; id?: never; position?: never };

/**
 * The lines of a stream as they come, heartbeats left out. It ends with the stream: resume with the last `position`
 * as the header `Last-Event-ID`.
 *
 *     const { data } = await tidemark.GET('/api/v3/stream', {
 *       headers: { accept: 'application/x-ndjson' },
 *       parseAs: 'stream',
 *     });
 *     for await (const line of streamedLines(data)) …
 */
export async function* streamedLines(
  body: ReadableStream<Uint8Array> | null | undefined,
): AsyncGenerator<StreamedLine> {
  if (!body) return;
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      const lines = (rest + decoder.decode(chunk.value, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield JSON.parse(line) as StreamedLine;
    }
  } finally {
    // Whoever stops listening hangs up.
    await reader.cancel().catch(() => undefined);
  }
}
