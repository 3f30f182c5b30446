import type { GroupLeader } from './groups.ts';

/** What the launcher tells its guardian. */
export type GuardianMessage =
  | { readonly started: GroupLeader }
  | { readonly ended: number }
  /** A command that undoes something at the end, e.g. `docker compose stop`. */
  | { readonly run: readonly [string, ...string[]] }
  | { readonly remove: string };
