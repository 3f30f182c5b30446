import { BlockList, isIP } from 'node:net';

/** Networks (`10.0.0.0/8`, `::1`), or how many proxies stand in front, whoever they are. */
export type TrustProxy = readonly string[] | number;

/** Whether an address that came by so many hops, 0 for who is connected, is a proxy whose words count. */
export type IsTrusted = (address: string, hop: number) => boolean;

const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/** The setting `TRUST_PROXY`; undefined for text that is none. */
export function trustProxyOf(text: string): TrustProxy | undefined {
  if (/^[1-9]\d?$/.test(text.trim())) return Number(text);
  const networks = text.split(',').flatMap((item) => NAMED[item.trim().toLowerCase()] ?? [item.trim()]);
  return networks.every(isNetwork) ? networks : undefined;
}

export function trusting(trust: TrustProxy): IsTrusted {
  if (typeof trust === 'number') return (_address, hop) => hop < trust;
  const networks = new BlockList();
  for (const network of trust) {
    const [address = '', length] = network.split('/');
    if (length === undefined) networks.addAddress(address, familyOf(address));
    else networks.addSubnet(address, Number(length), familyOf(address));
  }
  return (address) => {
    const unzoned = address.replace(/%.*$/, '');
    return isIP(unzoned) !== 0 && networks.check(unzoned, familyOf(unzoned));
  };
}

function isNetwork(text: string): boolean {
  const [address = '', length, ...others] = text.split('/');
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  if (length === undefined) return longest > 0;
  return others.length === 0 && /^\d{1,3}$/.test(length) && Number(length) <= longest;
}

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
