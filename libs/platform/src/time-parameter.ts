import { z } from 'zod';
import { parseTimestamp, timestampFault } from './timestamp.js';

const UNESCAPED_PLUS = / (?=\d\d:?\d\d$)/;
const WITHOUT_COLON = /([+-]\d\d)(\d\d)$/;

/**
 * A moment in a query, in milliseconds since the epoch: what `parseTimestamp` reads, and two spellings of an offset that
 * mean nothing else. A plus that nobody escaped arrives as a space, and clients that are made of an interface's
 * description write `+0000` (`strftime` of Python has no other way).
 */
export function timeParameter(description: string) {
  return z
    .string()
    .transform((text, context): number => {
      const time = parseTimestamp(text.replace(UNESCAPED_PLUS, '+').replace(WITHOUT_COLON, '$1:$2'));
      if (time !== undefined) return time;
      context.addIssue({ code: 'custom', message: timestampFault(text) });
      return z.NEVER;
    })
    .meta({ format: 'date-time', description, examples: ['2026-11-22T05:59:01Z'] });
}
