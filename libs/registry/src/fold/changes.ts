/** The key of an object in the state, taken apart. */
export interface ObjectId {
  readonly environment: string;
  readonly id: string;
}

/** What was added or changed, and what was deleted, by environment and id. */
export function changesOf<Value>(changes: ReadonlyMap<string, Value | undefined>) {
  const kept: (ObjectId & { value: Value })[] = [];
  const gone: ObjectId[] = [];
  for (const [key, value] of changes) {
    if (value === undefined) gone.push(objectIdOf(key));
    else kept.push({ ...objectIdOf(key), value });
  }
  return { kept, gone };
}

export function objectIdOf(key: string): ObjectId {
  const slash = key.indexOf('/');
  return { environment: key.slice(0, slash), id: key.slice(slash + 1) };
}

/** Arrays of the environments and of the ids, as `unnest` takes them. */
export const idColumns = (ids: readonly ObjectId[]) => [
  ids.map(({ environment }) => environment),
  ids.map(({ id }) => id),
];

/** The same of roles: environments, types and ids of targets, types and ids of holders. */
export function roleColumns(roles: readonly ObjectId[]): string[][] {
  const parts = roles.map(({ environment, id }) => [environment, ...id.split('/')]);
  return [0, 1, 2, 3, 4].map((part) => parts.map((row) => row[part]!));
}

export const timestamp = (milliseconds: number) => new Date(milliseconds).toISOString();
