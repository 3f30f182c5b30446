import { randomUUID } from 'node:crypto';

/** A namespace that nobody else has: how tests on shared servers are kept apart. */
export function freshNamespace(): string {
  return `t${randomUUID().replaceAll('-', '').slice(0, 16)}`;
}
