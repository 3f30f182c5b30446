import { describe, expect, it } from '@jest/globals';
import { EVENT_STREAM, formatFor, LINES } from './formats.js';

const reset = { reason: 'unknown-position', resumedFrom: '3-5' } as const;

describe('formats of a stream', () => {
  it('writes an activity as an event without a name, so that onmessage gets it', () => {
    expect(EVENT_STREAM.activity('3-5', '{"id":"a"}')).toBe('id: 3-5\ndata: {"id":"a"}\n\n');
  });

  it('begins with the time to wait before coming back, a comment, and a position that needs no activity', () => {
    expect(EVENT_STREAM.opening('3-5')).toMatch(
      /^retry: 2000\n: .+\nevent: position\nid: 3-5\ndata: {"position":"3-5"}\n\n$/,
    );
    expect(LINES.opening('3-5')).toBe('{"position":"3-5"}\n');
  });

  it('ends with another time to wait, where a client is to come back to what has no such field', () => {
    expect(EVENT_STREAM.farewell(4711)).toBe('retry: 4711\n\n');
    expect(LINES.farewell(4711)).toBe('');
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
    ['', EVENT_STREAM],
    ['text/event-stream, application/x-ndjson', EVENT_STREAM],
    ['application/x-ndjson, text/event-stream', EVENT_STREAM],
    ['text/event-stream;q=0.5, application/x-ndjson', LINES],
    ['text/event-stream;q=0.9, application/x-ndjson;q=0.8', EVENT_STREAM],
    ['application/x-ndjson;q=0', EVENT_STREAM],
    ['application/x-ndjson;q=0, */*', EVENT_STREAM],
    ['application/x-ndjson, */*;q=0.1', LINES],
    ['application/*, text/*;q=0.3', LINES],
    ['text/event-stream;q=0, */*', LINES],
    ['application/x-ndjson;charset=utf-8;Q=0.7 , text/*;q=0.6', LINES],
    ['application/x-ndjson;q=many, text/event-stream;q=0.9', LINES],
    ['application/json', EVENT_STREAM],
    ['notapplication/x-ndjson', EVENT_STREAM],
  ])('answers Accept: %s in the format that it asks for', (accept, format) => {
    expect(formatFor(accept)).toBe(format);
  });
});
