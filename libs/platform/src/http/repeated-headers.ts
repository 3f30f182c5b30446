import { type FastifyRequest } from 'fastify';
import { Problem } from '../problems.js';

// Of two of these Node drops one or joins both, and another server in front may have looked at the other one. (Two
// lengths of a body are refused by its parser.)
const SINGLE: ReadonlyMap<string, string> = new Map(
  ['Authorization', 'Host', 'Content-Type', 'environment-id', 'Idempotency-Key'].map((name) => [
    name.toLowerCase(),
    name,
  ]),
);

/** Throws `invalid-request` where a header that has one value came twice. */
export function refuseRepeatedHeaders({ raw: { rawHeaders } }: FastifyRequest): void {
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = SINGLE.get(rawHeaders[at]!.toLowerCase());
    if (name === undefined) continue;
    if (seen.has(name)) throw repeated(name);
    seen.add(name);
  }
}

function repeated(parameter: string): Problem {
  return new Problem('invalid-request', `${parameter}: may be given once.`, {
    errors: [{ parameter, code: 'repeated', detail: 'may be given once' }],
  });
}
