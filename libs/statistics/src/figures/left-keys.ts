import { type Namespace, type RedisServers } from '#platform';

/** How long figures under names of former versions stay for processes of those, which run beside this one in an update. */
const FORMER_SECONDS = 24 * 3_600;

/** Forgets the figures of all other generations, and those under names of former versions. */
export async function keepOnly(
  redis: RedisServers,
  namespace: Namespace,
  generations: readonly string[],
): Promise<void> {
  const begin = namespace.key('active', '');
  const kept = generations.map((generation) => `${begin}{${generation}:`);
  for await (const keys of redis.keys(`${begin}*`)) {
    const gone = keys.filter((key) => !kept.some((prefix) => key.startsWith(prefix)));
    await Promise.all(gone.map((key) => redis.client.unlink(key)));
  }
}

/** Has figures under names without a slot, as they were before those of a cluster, end by themselves. */
export async function endFormer(redis: RedisServers, namespace: Namespace): Promise<void> {
  for await (const keys of redis.keys(namespace.key('active', '[^{]*'))) {
    await Promise.all(keys.map((key) => redis.client.expire(key, FORMER_SECONDS, 'NX')));
  }
}
