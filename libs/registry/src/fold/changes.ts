/** What was put in place, by environment and id, and what is gone. */
export function changesOf<Value>(changes: ReadonlyMap<string, Value | undefined>) {
  const kept: { environment: string; id: string; value: Value }[] = [];
  const gone: { environment: string; id: string }[] = [];
  for (const [key, value] of changes) {
    if (value === undefined) gone.push(placeOf(key));
    else kept.push({ ...placeOf(key), value });
  }
  return { kept, gone };
}

export function placeOf(key: string): { environment: string; id: string } {
  const slash = key.indexOf('/');
  return { environment: key.slice(0, slash), id: key.slice(slash + 1) };
}

export const timestamp = (milliseconds: number) => new Date(milliseconds).toISOString();
