import { z } from 'zod';

/** A span of time that ends now: as the client wrote it, and in milliseconds. */
export interface Window {
  readonly text: string;
  readonly ms: number;
}

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const WINDOW = /^([1-9]\d{0,5})([mhd])$/;
const LONGEST_MS = 90 * UNIT_MS.d;

/** `5m`, `12h`, `30d`: from a minute to 90 days; undefined for anything else. */
export function parseWindow(text: string): Window | undefined {
  const [, amount, unit] = WINDOW.exec(text) ?? [];
  if (amount === undefined) return undefined;
  const ms = Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
  return ms <= LONGEST_MS ? { text, ms } : undefined;
}

/** The query parameter `window` of every call that has one; `fallback` is what it is when left out. */
export function windowParameter(fallback: string) {
  return z
    .string()
    .default(fallback)
    .transform((text, context): Window => {
      const window = parseWindow(text);
      if (window) return window;
      context.addIssue({ code: 'custom', message: 'must be a number and m, h or d, from 1m to 90d' });
      return z.NEVER;
    })
    .meta({ description: 'A number and m, h or d, from 1m to 90d; it ends now.', pattern: WINDOW.source });
}
