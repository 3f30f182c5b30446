import { z } from 'zod';
import { parseTimestamp, timestampFault } from './timestamp.js';

const OFFSET_AT_END = /^(.{10}T\d\d:\d\d:\d\d(?:\.\d+)?)([ +-])(\d\d):?(\d\d)$/i;

/**
 * A moment in a query, in milliseconds since the epoch: what `parseTimestamp` reads, and two spellings of an offset that
 * mean nothing else. A plus that nobody escaped arrives as a space, and clients that are made of an interface's
 * description write `+0000` (`strftime` of Python has no other way).
 */
export function timeParameter(description: string) {
  return z
    .string()
    .transform((text, context): number => {
      const time = parseTimestamp(withOffset(text));
      if (time !== undefined) return time;
      context.addIssue({ code: 'custom', message: timestampFault(text) });
      return z.NEVER;
    })
    .meta({ format: 'date-time', description, examples: ['2026-11-22T05:59:01Z'] });
}

function withOffset(text: string): string {
  const [, time, sign, hours, minutes] = OFFSET_AT_END.exec(text) ?? [];
  if (time === undefined) return text;
  return `${time}${sign === ' ' ? '+' : sign}${hours}:${minutes}`;
}
