import { createHash, randomBytes } from 'node:crypto';
import { Injectable, Optional } from '@nestjs/common';
import { type Caller, Namespace, type Principal, Problem, RedisServers, unauthorized } from '#platform';
import { Keyring } from '#registry';

/** Seconds from the issue of a ticket to where it must have been used. */
export const TICKET_SECONDS = 30;
// From then on it opens the same stream again until its token's end, but no longer than this.
const LONGEST_MS = 24 * 3_600_000;
const TAG_BYTES = 16;
const ID_BYTES = 16;

/** What a ticket says, sealed: nothing that opens anything is kept on the side of the service. */
interface Claims {
  readonly subject: string;
  readonly environment: string;
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch, like `expiresAt`. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly id: string;
}

/**
 * Tickets stand for their caller, on any instance. Redis knows nothing but which stream each of them was used for first:
 * whoever writes there can have a real ticket used for another stream, but can make none.
 */
@Injectable()
export class StreamTickets {
  constructor(
    private readonly redis: RedisServers,
    private readonly namespace: Namespace,
    private readonly keyring: Keyring,
    @Optional() private readonly now = Date.now,
  ) {}

  /** Some 200 characters of base64url, for the caller's environment alone. Throws `unavailable`. */
  async issue({ subject, environment, scopes, expiresAt }: Caller): Promise<string> {
    const issuedAt = this.now();
    const claims: Claims = {
      subject,
      environment,
      scopes: [...scopes],
      issuedAt,
      expiresAt: Math.min(expiresAt, issuedAt + LONGEST_MS),
      id: randomBytes(ID_BYTES).toString('base64url'),
    };
    const ticket = (await this.seal()).seal(Buffer.from(JSON.stringify(claims)));
    // One that could not be used within its time is worth nothing: the server that is asked is the one that will be.
    await answered(this.redis.client.exists(this.key(ticket)));
    return ticket;
  }

  /** Whom the ticket stands for; undefined where it was not issued here or is over. Whether it may be used: `use`. */
  async holder(ticket: string): Promise<Principal | undefined> {
    const claims = await this.read(ticket);
    if (!claims) return undefined;
    const { subject, environment, scopes, expiresAt } = claims;
    return { subject, environments: [environment], scopes: new Set(scopes), expiresAt };
  }

  /**
   * Uses the ticket for a stream: the first time within its 30 seconds, from then on for the same stream. Throws
   * `unauthorized` or `unavailable`.
   */
  async use(ticket: string, stream: string): Promise<void> {
    const claims = await this.read(ticket);
    const wanted = digest(stream);
    const used = claims && ((await answered(this.firstUse(ticket, claims, wanted))) ?? wanted);
    if (used !== wanted) throw unauthorized('The ticket has expired or is of another stream: get another one.');
  }

  /** The stream that the ticket was used for before; null where this is its first use; '' where it is too late for that. */
  private async firstUse(ticket: string, { issuedAt, expiresAt }: Claims, stream: string): Promise<string | null> {
    const key = this.key(ticket);
    if (this.now() > issuedAt + TICKET_SECONDS * 1000) return (await this.redis.client.get(key)) ?? '';
    return this.redis.client.set(key, stream, 'PX', expiresAt - this.now(), 'NX', 'GET');
  }

  /** Whoever reads Redis finds no ticket that could be used. */
  private key(ticket: string): string {
    return this.namespace.key('ticket', digest(ticket));
  }

  private async read(ticket: string): Promise<Claims | undefined> {
    const content = (await this.seal()).open(ticket);
    if (!content) return undefined;
    const claims = JSON.parse(content.toString()) as Claims;
    return claims.expiresAt > this.now() ? claims : undefined;
  }

  private seal() {
    return this.keyring.textSeal('stream tickets', '', TAG_BYTES);
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest('base64url');

async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    const headers = { 'retry-after': '2' };
    throw new Problem('unavailable', 'Tickets cannot be issued or used at the moment.', { headers, cause });
  }
}
