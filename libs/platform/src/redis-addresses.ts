const ONE = 'an address, e.g. redis://host:6379, or several of one cluster, each whole: redis://a:6379,redis://b:6379';
const ALIKE = 'several addresses are of one cluster: all with the same scheme, user and password';
const NO_DATABASE = 'a cluster has one database: leave out the number behind the addresses';

/** The addresses in `REDIS_URL`: one, or those of a cluster's servers that are known. A comma may be part of a password. */
export function redisAddresses(text: string): string[] {
  return text.split(/\s*,\s*(?=rediss?:\/\/)/);
}

/** What is wrong with `REDIS_URL`; undefined where nothing is. Shows nothing of it. */
export function redisUrlFault(text: string): string | undefined {
  const addresses = redisAddresses(text);
  if (!addresses.every((address) => /^rediss?:\/\//.test(address) && URL.canParse(address))) return ONE;
  if (addresses.length === 1) return undefined;
  const urls = addresses.map((address) => new URL(address));
  const [first] = urls as [URL];
  const isAlike = urls.every((url) =>
    (['protocol', 'username', 'password'] as const).every((part) => url[part] === first[part]),
  );
  if (!isAlike) return ALIKE;
  return urls.every(({ pathname }) => /^\/?0?$/.test(pathname)) ? undefined : NO_DATABASE;
}
