import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { outcomeOf } from '../support/outcomes.js';
import { type Answer, type Client, type Service, startService } from '../support/service.js';

const NAMES = 500;
const TOGETHER = 195;
const ALONE = 5;
/** Names that are raced for at once: for each of them all 200 claims are under way at the same time. */
const AT_ONCE = 50;

interface Claim {
  readonly username: string;
  readonly email: string;
}

const byEmail = (one: Claim, other: Claim) => (one.email < other.email ? -1 : 1);

/** What became of a claim: `taken` when somebody else has the name. */
type Fate = 'won' | 'taken';

describe('a name', () => {
  let instances: Service[];
  let clients: Client[];

  beforeAll(async () => {
    const first = await startService();
    const second = await startService({ namespace: first.namespace.name, owner: false });
    instances = [first, second];
    clients = await Promise.all(instances.map((instance) => instance.client('races')));
  });
  afterAll(async () => {
    for (const instance of instances?.toReversed() ?? []) await instance.stop();
  });

  const clientOf = (turn: number) => clients[turn % clients.length]!;
  /** One claim of each of these names, in one of two spellings. */
  const claimsOf = (claimant: number, numbers: readonly number[]): Claim[] =>
    numbers.map((number) => ({
      username: `${claimant % 3 ? 'name' : 'ＮＡＭＥ'}${number}`,
      email: `${claimant}-${number}@example.com`,
    }));

  /** The answer to a batch: one that was not judged within a minute is asked for again by its key, as its 503 says. */
  async function judged(client: Client, claims: readonly Claim[]): Promise<Answer> {
    const headers = { 'Idempotency-Key': randomUUID() };
    for (;;) {
      const answer = await client('POST', '/api/v3/users/batch', claims, headers);
      if (answer.status !== 503) return answer;
    }
  }

  async function claimTogether(client: Client, claims: readonly Claim[]): Promise<Fate[]> {
    const { status, body } = await judged(client, claims);
    const { created, rejected } = body as { created: number; rejected: { index: number; code: string }[] };
    expect(status).toBe(200);
    expect(created + rejected.length).toBe(claims.length);
    expect(rejected.filter(({ code }) => code !== 'username-taken')).toEqual([]);
    const refused = new Set(rejected.map(({ index }) => index));
    return claims.map((_, index) => (refused.has(index) ? 'taken' : 'won'));
  }

  async function claimAlone(client: Client, claim: Claim): Promise<Fate> {
    const { status, body } = await outcomeOf(client, await client('POST', '/api/v3/users', claim));
    if (status === 201) return 'won';
    expect({ status, type: body.type }).toEqual({ status: 409, type: '/problems/username-taken' });
    return 'taken';
  }

  /** All claims of these names at once, by turns at one instance and the other. */
  async function race(numbers: readonly number[]): Promise<{ claim: Claim; fate: Fate }[]> {
    const claims = Array.from({ length: TOGETHER + ALONE }, (_, claimant) => claimsOf(claimant, numbers));
    const fates = await Promise.all(
      claims.map((own, claimant) => {
        const client = clientOf(claimant);
        if (claimant < TOGETHER) return claimTogether(client, own);
        return Promise.all(own.map((claim, turn) => claimAlone(clientOf(claimant + turn), claim)));
      }),
    );
    return claims.flatMap((own, claimant) => own.map((claim, place) => ({ claim, fate: fates[claimant]![place]! })));
  }

  it('that 200 claim at once goes to exactly one, for each of 500, 50 of them at a time: 195 claims in batches and 5 alone, at two instances', async () => {
    const results: { claim: Claim; fate: Fate }[] = [];
    for (let first = 0; first < NAMES; first += AT_ONCE) {
      results.push(...(await race(Array.from({ length: AT_ONCE }, (_, index) => first + index))));
    }
    expect(results).toHaveLength(NAMES * (TOGETHER + ALONE));
    const won = results.filter(({ fate }) => fate === 'won').map(({ claim }) => claim);
    const names = won.map(({ username }) => username.normalize('NFKC').toLowerCase());
    expect(new Set(names).size).toBe(NAMES);
    expect(won).toHaveLength(NAMES);
    const { body } = await clientOf(0)('GET', `/api/v3/users?page_size=${NAMES}`);
    expect(body.count).toBe(NAMES);
    const kept = (body.results as Claim[]).map(({ username, email }) => ({ username, email }));
    expect(kept.toSorted(byEmail)).toEqual(won.toSorted(byEmail));
  }, 180_000);
});
