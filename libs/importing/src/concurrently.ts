/**
 * Runs `work` for each item, at most `limit` at a time. After a failure, of the items' source as well, nothing more is
 * started; what is running is awaited, then the first failure is thrown. Not p-map, which rejects while work is still running.
 */
export async function concurrently<Item>(
  items: IterableIterator<Item> | AsyncIterableIterator<Item>,
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  // All take from one iterator, which gives each item once.
  const takeAll = async () => {
    for await (const item of items) {
      if (failures.length > 0) return;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: limit }, () => takeAll().catch((error: unknown) => failures.push(error))));
  if (failures.length > 0) throw failures[0];
}

/** The items of the source, each asked for while the one before is worked on. */
export async function* oneAhead<Item>(source: AsyncGenerator<Item>): AsyncGenerator<Item> {
  const ask = () => {
    const next = source.next();
    // Its failure is for whoever waits for it, who may still be busy with the item before.
    next.catch(() => undefined);
    return next;
  };
  try {
    for (let next = ask(); ;) {
      const result = await next;
      if (result.done) return;
      next = ask();
      yield result.value;
    }
  } finally {
    await source.return(undefined);
  }
}
