import { describe, expect, it } from '@jest/globals';
import { EVENT_STREAM, formatFor, LINES } from './formats.js';

const reset = { reason: 'unknown-position', resumedFrom: '3-5' } as const;

describe('formats of a stream', () => {
  it('writes an activity as an event without a name, so that onmessage gets it', () => {
    expect(EVENT_STREAM.activity('3-5', '{"id":"a"}')).toBe('id: 3-5\ndata: {"id":"a"}\n\n');
  });

  it('begins with the time to wait before coming back, a comment, and a position that needs no activity', () => {
    expect(EVENT_STREAM.opening('3-5')).toMatch(/^retry: 2000\n: .+\nid: 3-5\n\n$/);
  });

  it('names the event of a reset, and goes on from its position', () => {
    expect(EVENT_STREAM.reset(reset)).toBe(`event: reset\nid: 3-5\ndata: ${JSON.stringify(reset)}\n\n`);
  });

  it('writes an activity as one line that has its position', () => {
    const line = LINES.activity('3-5', JSON.stringify({ id: 'a', data: { text: 'two\nlines' } }));
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(JSON.parse(line)).toEqual({ id: 'a', data: { text: 'two\nlines' }, position: '3-5' });
  });

  it('writes a reset as a line of its own kind', () => {
    expect(JSON.parse(LINES.reset(reset))).toEqual({ reset });
  });

  it.each([
    [undefined, EVENT_STREAM],
    ['*/*', EVENT_STREAM],
    ['text/event-stream', EVENT_STREAM],
    ['application/x-ndjson', LINES],
    ['Application/X-NDJSON; q=0.9', LINES],
    ['text/event-stream, application/x-ndjson', EVENT_STREAM],
  ])('answers Accept: %s in the format that it asks for', (accept, format) => {
    expect(formatFor(accept)).toBe(format);
  });
});
