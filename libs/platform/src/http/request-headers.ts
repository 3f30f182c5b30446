import { type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ENVIRONMENT_ID } from '../claims.js';
import { checkInput } from './input.js';

const environmentId = z
  .string()
  .regex(ENVIRONMENT_ID, 'takes 1 to 64 letters, digits, "_" and "-"')
  .meta({ description: 'The environment that is meant.', examples: ['demo'] });

/** On v2 the environment must be said, on v3 a token that names exactly one says it. */
export const EnvironmentV2 = z.object({ 'environment-id': environmentId });
export const EnvironmentV3 = EnvironmentV2.partial();

export const IdempotencyKey = z.object({
  'Idempotency-Key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'takes 1 to 255 visible ASCII characters')
    .optional()
    .meta({
      description:
        'The same key and body give the first answer again for 24 hours; one that shows a user who has been deleted since is not found.',
      examples: ['5d1f6a52-6a0c-4f0e-9a8e-0c7b4f6d2a11'],
    }),
});

// Tags that are none, or another's, match nothing: they are no fault of the request (RFC 9110, 13.1).
export const IfMatch = z.object({
  'If-Match': z
    .string()
    .optional()
    .meta({ description: 'Only where this is still the version (412 otherwise).', examples: ['"1"'] }),
});

export const IfNoneMatch = z.object({
  'If-None-Match': z
    .string()
    .optional()
    .meta({ description: 'Only where this is no longer the version (304 otherwise).', examples: ['"3"'] }),
});

const withoutAny = new WeakMap<z.ZodObject, unknown>();

/** The headers that a schema names, whatever their case in the request. Throws `invalid-request`. */
export function checkedHeaders<Schema extends z.ZodObject>(
  schema: Schema,
  { headers }: Pick<FastifyRequest, 'headers'>,
): z.output<Schema> {
  const named = Object.keys(schema.shape).map((name) => [name, headers[name.toLowerCase()]] as const);
  if (named.some(([, value]) => value !== undefined)) return checkInput('header', schema, Object.fromEntries(named));
  // Most requests have none of them, which says the same each time.
  if (!withoutAny.has(schema)) withoutAny.set(schema, checkInput('header', schema, {}));
  return withoutAny.get(schema) as z.output<Schema>;
}
