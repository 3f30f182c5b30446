import type { RedisServers } from '#platform';

/** The keys that match a pattern, on whichever server they are. */
export async function keysOf(redis: RedisServers, pattern: string): Promise<string[]> {
  const pages: string[][] = [];
  for await (const page of redis.keys(pattern)) pages.push(page);
  return [...new Set(pages.flat())];
}

export async function deleteKeys(redis: RedisServers, pattern: string): Promise<void> {
  for (const key of await keysOf(redis, pattern)) await redis.client.del(key);
}
