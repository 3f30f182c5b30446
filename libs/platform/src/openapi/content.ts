import { type z } from 'zod';

/** A body that is many texts after each other (lines, events), each of which is `items`; `example` is such a body. */
export interface Sequence {
  readonly items: z.ZodType;
  readonly example: string;
}

type Part = z.ZodType | Sequence;

/** A body: the schema of its JSON, or what it is in each of its media types. */
export type Content = z.ZodType | Readonly<Record<string, Part>>;

export function isSequence(part: Part): part is Sequence {
  return !('_zod' in part);
}

const known = new WeakMap<Content, ReadonlyMap<string, Part>>();

/** The media types of a body, and what it is in each: made once of a route's, since each request asks for it. */
export function mediaTypes(content: Content): ReadonlyMap<string, Part> {
  const types =
    known.get(content) ??
    new Map('_zod' in content ? [['application/json', content as z.ZodType]] : Object.entries(content));
  known.set(content, types);
  return types;
}
