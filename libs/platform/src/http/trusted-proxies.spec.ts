import { describe, expect, it } from '@jest/globals';
import { trusting, trustProxyOf } from './trusted-proxies.js';

const trusts = (setting: string, address: string, hop = 0) => trusting(trustProxyOf(setting)!)(address, hop);

describe('TRUST_PROXY', () => {
  it.each([
    ['loopback', '127.0.0.1'],
    ['Loopback', '127.8.0.1'],
    ['loopback', '::1'],
    ['loopback', '::ffff:127.0.0.1'],
    ['10.0.0.7', '10.0.0.7'],
    ['10.0.0.0/8, 2001:db8::/32', '10.255.0.1'],
    ['10.0.0.0/8, 2001:db8::/32', '2001:db8::7'],
    ['linklocal', 'fe80::1%eth0'],
    ['uniquelocal', '192.168.3.4'],
    ['0.0.0.0/0,::/0', '203.0.113.9'],
  ])('%s has %s in it', (setting, address) => expect(trusts(setting, address)).toBe(true));

  it.each([
    ['loopback', '128.0.0.1'],
    ['loopback', '::ffff:10.0.0.1'],
    ['10.0.0.7', '10.0.0.70'],
    ['10.0.0.0/8', '11.0.0.1'],
    ['10.0.0.0/8', '::1'],
    ['uniquelocal', 'unknown'],
    ['0.0.0.0/0', ''],
  ])('%s has no %s in it', (setting, address) => expect(trusts(setting, address)).toBe(false));

  it('as a number counts the proxies, whoever they are', () => {
    expect([0, 1, 2].map((hop) => trusts('2', 'unknown', hop))).toEqual([true, true, false]);
  });

  it.each([
    '',
    'true',
    '*',
    '0',
    '-1',
    '1.5',
    '100',
    'nginx',
    '10.0.0.0/33',
    '10.0.0.0/',
    '::/129',
    '10.0.0/8',
    '127.0.0.1:80',
    'loopback,',
    'a,1',
  ])('is nothing else: "%s"', (setting) => expect(trustProxyOf(setting)).toBeUndefined());
});
