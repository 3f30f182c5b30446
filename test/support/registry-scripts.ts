import fc from 'fast-check';
import type { Command, Kind, NamedKind, Place, UserBody } from './registry-model.js';

/** What one client does, one step after the other, each at one of the instances. */
export type Step = { readonly instance: number } & (
  | { readonly do: 'send'; readonly commands: readonly Command[]; readonly fresh: boolean }
  /** Sends one of the bodies that are there for this Idempotency-Key, whoever else does. */
  | { readonly do: 'keyed'; readonly key: number; readonly body: number }
  | { readonly do: 'read'; readonly place: Place }
  /** Appends a record that is in the log already once more, as it happens when the answer to an append is lost. */
  | { readonly do: 'repeat'; readonly nth: number }
);

export interface Script {
  /** What there is before the clients begin, one after the other. */
  readonly before: readonly Command[];
  /** Of each Idempotency-Key, the bodies with which it is sent. */
  readonly keyed: readonly (readonly (readonly Command[])[])[];
  readonly clients: readonly (readonly Step[])[];
}

const CLIENTS = 4;
const LONGEST = 24;
const INSTANCES = 2;

// Few names and ids, so that commands meet.
const name = fc.constantFrom('ann', 'Ann ', 'ＡＮＮ', 'bob', 'ćećilia', "o'hara", '100%', 'dan');
const local = fc.constantFrom('ann', 'ANN', 'bob', 'cid', 'dan', 'eve');
const profile: fc.Arbitrary<Record<string, unknown>> = fc.constantFrom(
  {},
  { a: { b: 1 } },
  { a: { b: null, c: 'ü' } },
  { a: null, d: [1, null] },
);
const user: fc.Arbitrary<UserBody> = fc.record(
  {
    username: name,
    email: local.map((text) => `${text}@example.com`),
    firstName: name,
    isActive: fc.boolean(),
    profile,
  },
  { requiredKeys: ['username', 'email'] },
);
const changes: fc.Arbitrary<Partial<UserBody>> = fc
  .tuple(user, fc.subarray(['username', 'email', 'firstName', 'isActive', 'profile'] as const))
  .map(([whole, fields]) =>
    Object.fromEntries(Object.entries(whole).filter(([field]) => (fields as string[]).includes(field))),
  );
const id = fc.integer({ min: 1, max: 4 });
const kind = fc.constantFrom<NamedKind>('workspaces', 'groups');
const place = fc.record({ kind: fc.constantFrom<Kind>('users', 'users', 'workspaces', 'groups'), id });
const ifMatch = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined, freq: 3 });
const defined = <T extends object>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const register = user.map((body): Command => ({ type: 'register', user: body }));
const create: fc.Arbitrary<Command> = fc.record({ type: fc.constant('create' as const), kind, name });
const membership = fc.record({
  target: fc.record({ kind: fc.constant<Kind>('groups'), id }),
  holder: fc.record({ kind: fc.constant<Kind>('users'), id }),
  role: fc.constantFrom('member', 'member', undefined),
});
const permission = fc.record({
  target: fc.record({ kind: fc.constant<Kind>('workspaces'), id }),
  holder: fc.record({ kind: fc.constantFrom<Kind>('users', 'groups'), id }),
  role: fc.constantFrom('viewer', 'editor', 'admin', undefined),
});

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: register },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('replace' as const), id, user, ifMatch }).map(defined) },
  { weight: 5, arbitrary: fc.record({ type: fc.constant('change' as const), id, changes, ifMatch }).map(defined) },
  { weight: 4, arbitrary: create },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('rename' as const), kind, id, name, ifMatch }).map(defined) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(place, ifMatch)
      .map(([at, version]) => defined({ type: 'delete' as const, ...at, ifMatch: version })),
  },
  {
    weight: 7,
    arbitrary: fc.oneof(membership, permission).map((roles) => defined({ type: 'assign' as const, ...roles })),
  },
);

const instance = fc.nat(INSTANCES - 1);
const batch = fc.array(register, { minLength: 2, maxLength: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      commands: command.map((one) => [one]),
      fresh: fc.boolean(),
      instance,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('send' as const), commands: batch, fresh: fc.constant(false), instance }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('keyed' as const), key: fc.nat(2), body: fc.nat(1), instance }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('read' as const), place, instance }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('repeat' as const), nth: fc.nat(), instance }) },
);

const twoBodies = (one: fc.Arbitrary<Command[]>) => fc.array(one, { minLength: 2, maxLength: 2 });
const single = command.map((one) => [one]);
const pair = fc.array(register, { minLength: 2, maxLength: 2 });

const upTo = (maxLength: number, minLength = 0) => ({ minLength, maxLength, size: 'max' }) as const;

/** Clients that do things at once, and the bodies that they share a key for: two keys of one command, one of a batch. */
export const scripts: fc.Arbitrary<Script> = fc.noBias(
  fc.record({
    before: fc.array(fc.oneof(register, create), upTo(8)),
    keyed: fc.tuple(twoBodies(single), twoBodies(single), twoBodies(pair)),
    clients: fc.array(fc.array(step, upTo(LONGEST)), upTo(CLIENTS, 2)),
  }),
);
