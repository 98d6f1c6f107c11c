import { expect, test } from 'bun:test'
import { networkOf } from '../../src/server/ip-network'

test('an IPv4 address is a key of its own, an IPv6 address shares its /64 network', () => {
  expect(networkOf('192.168.0.7')).toBe('192.168.0.7')
  expect(networkOf('::ffff:192.168.0.7')).toBe('192.168.0.7')
  const home = ['2001:db8:0:1::5', '2001:0db8:0000:0001:abcd:1:2:3', '2001:DB8:0:1:ffff:ffff::']
  expect(new Set(home.map(networkOf))).toEqual(new Set(['2001:db8:0:1::/64']))
  expect(networkOf('2001:db8:0:2::5')).toBe('2001:db8:0:2::/64')
  expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0::/64')
  expect(networkOf('::1')).toBe('0:0:0:0::/64')
})

test('a value of a proxy that is no address stays unchanged', () => {
  expect(['unknown', 'a:b', '', 'x'.repeat(99)].map(networkOf)).toEqual([
    'unknown',
    'a:b:0:0::/64',
    '',
    'x'.repeat(99),
  ])
})
