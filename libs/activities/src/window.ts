import { z } from 'zod';

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const WINDOW = /^([1-9]\d{0,5})([mhd])$/;
const LONGEST_MS = 90 * UNIT_MS.d;

/**
 * The query parameter `window` of every call that has one, `5m`, `12h` or `30d`: as the client wrote it, and in milliseconds.
 * `fallback` is what it is when left out.
 */
export function windowParameter(fallback: string) {
  return z
    .string()
    .default(fallback)
    .transform((text, context) => {
      const [, amount, unit] = WINDOW.exec(text) ?? [];
      const ms = Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
      if (ms <= LONGEST_MS) return { text, ms };
      context.addIssue({ code: 'custom', message: 'must be a number and m, h or d, from 1m to 90d' });
      return z.NEVER;
    })
    .meta({ description: 'A number and m, h or d, from 1m to 90d; it ends now.', pattern: WINDOW.source });
}
