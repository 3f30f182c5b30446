import { z } from 'zod';

/** A text as `read` understands it; what that gives undefined for is refused with the message. */
export function textAs<T>(read: (text: string) => T | undefined, message: string) {
  return z.string().transform((text, context): T => {
    const value = read(text);
    if (value === undefined) context.addIssue({ code: 'custom', message });
    return value ?? z.NEVER;
  });
}
