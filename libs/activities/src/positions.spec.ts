import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Namespace, Postgres } from '#platform';
import { Keyring } from '#registry';
import { freshNamespace } from '../../../test/support/namespaces.js';
import { dropKeys } from '../../../test/support/views.js';
import { newSalt, Positions } from './positions.js';

const position = fc.nat({ max: 2 ** 48 - 1 });
const streamPosition = fc.record({
  first: fc.nat({ max: 255 }),
  positions: fc.array(position, { minLength: 1, maxLength: 40 }),
});

describe('positions of a stream', () => {
  const namespace = new Namespace(freshNamespace());
  const postgres = new Postgres(process.env.DATABASE_URL!, namespace);
  let ours: Positions;
  let theirs: Positions;

  beforeAll(async () => {
    const keyring = new Keyring(postgres, namespace, []);
    await keyring.prepare(false);
    ours = await Positions.of('acme', keyring);
    theirs = await Positions.of('other', keyring);
  });
  afterAll(async () => {
    await dropKeys(postgres, namespace);
    await postgres.close();
  });

  it('gives back every position from its text, and not to another environment', () => {
    fc.assert(
      fc.property(streamPosition, (given) => {
        expect(ours.parse(ours.format(given))).toEqual(given);
        expect(theirs.parse(ours.format(given))).toBeUndefined();
      }),
    );
  });

  it('is short: a user has one partition, an environment all of them', () => {
    const user = { first: 7, positions: [1_000_000] };
    expect(ours.formatter(user, 7, newSalt())(1)).toHaveLength(22);
    expect(ours.format(user)).toHaveLength(30);
    const environment = { first: 0, positions: Array.from({ length: 8 }, (_, at) => at * 1_000_000) };
    expect(ours.format(environment)).toHaveLength(86);
  });

  it('is as long for a large log as for an empty one', () => {
    const lengths = [0, 1, 2 ** 31, 2 ** 48 - 1].map((at) => ours.format({ first: 3, positions: [at, at] }).length);
    expect(new Set(lengths).size).toBe(1);
  });

  it.each(['', '7', '7-1', '0-0.0.0.0.0.0.0.0', 'yesterday', 'AAAAAAAAAAAAAAAAAAAAAA', 'x'.repeat(10_000), '٣'])(
    'takes %j for no position',
    (text) => expect(ours.parse(text)).toBeUndefined(),
  );

  it('gives the messages of a partition the positions behind them, the others as they are', () => {
    const inOnePartition = streamPosition.chain((given) =>
      fc.record({ given: fc.constant(given), at: fc.nat({ max: given.positions.length - 1 }), next: position }),
    );
    fc.assert(
      fc.property(inOnePartition, ({ given, at, next }) => {
        const text = ours.formatter(given, given.first + at, newSalt())(next);
        expect(ours.parse(text)).toEqual({ ...given, positions: given.positions.with(at, next) });
      }),
    );
  });

  it("is the same text behind the same activity of a user's stream, whenever it is asked", () => {
    const texts = [5, 70].map((from) => ours.formatter({ first: 3, positions: [from] }, 3, newSalt())(71));
    expect(texts[0]).toBe(texts[1]);
  });

  it('does not tell whether others have written meanwhile: the same position is never the same text', () => {
    const deliveredPositions = { first: 3, positions: [71] };
    expect(ours.format(deliveredPositions)).not.toBe(ours.format(deliveredPositions));
    const behind = () => ours.formatter({ first: 0, positions: [1, 2] }, 1, newSalt())(3);
    expect(behind()).not.toBe(behind());
  });
});
