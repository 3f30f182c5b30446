import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Redis } from 'ioredis';
import { type Caller, Namespace, type Principal, Problem } from '#platform';

/** Seconds from the issue of a ticket to its end. */
export const TICKET_SECONDS = 30;

/** Tickets stand for their caller once, on any instance: they live in Redis alone, and only as long as this. */
@Injectable()
export class StreamTickets {
  constructor(
    @Inject(Redis) private readonly redis: Redis,
    @Inject(Namespace) private readonly namespace: Namespace,
  ) {}

  /** 43 characters of base64url, for the caller's environment alone. Throws `unavailable`. */
  async issue({ subject, environment, scopes, expiresAt }: Caller): Promise<string> {
    const ticket = randomBytes(32).toString('base64url');
    const principal = JSON.stringify({ subject, environments: [environment], scopes: [...scopes], expiresAt });
    await answered(this.redis.set(this.key(ticket), principal, 'EX', TICKET_SECONDS));
    return ticket;
  }

  /** Whom the ticket stood for, or undefined where it is not good (any more). Throws `unavailable`. */
  async redeem(ticket: string): Promise<Principal | undefined> {
    const stored = await answered(this.redis.getdel(this.key(ticket)));
    if (stored === null) return undefined;
    const principal = JSON.parse(stored) as Principal & { scopes: string[] };
    if (principal.expiresAt <= Date.now()) return undefined;
    return { ...principal, scopes: new Set(principal.scopes) };
  }

  // Whoever reads Redis finds no ticket that could be used.
  private key(ticket: string): string {
    return this.namespace.key('ticket', createHash('sha256').update(ticket).digest('base64url'));
  }
}

async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    const headers = { 'retry-after': '2' };
    throw new Problem('unavailable', 'Tickets cannot be kept or checked at the moment.', { headers, cause });
  }
}
