import { expect, test } from 'bun:test'
import { sharedOrigin, urlsOf } from '../../src/server/addresses'

const everywhere = { host: '0.0.0.0', basePath: '/', publicUrl: null }

test('a page that others can open is shared under its own address', () => {
  for (const asked of ['http://192.168.1.7:3000', 'https://chat.example', 'http://desk.local:80']) {
    expect(sharedOrigin(everywhere, 3000, asked)).toBe(asked)
  }
})

test('a page on localhost is shared under an address of the network, if there is one', () => {
  const addresses = urlsOf(everywhere, 3000).map((url) => new URL(url).origin)
  const loopback = ['localhost', 'a.localhost', '127.0.0.1', '127.8.8.8', '127.1', '[::1]']
  const others = ['0.0.0.0', '[::]', '[::ffff:127.0.0.1]', '[::ffff:0.0.0.0]']
  for (const name of [...loopback, ...others]) {
    const shared = sharedOrigin(everywhere, 3000, `http://${name}:3000`)
    expect(shared).toBe(addresses.at(-1) ?? 'never')
  }
})

test('of several networks the one is shared that others are likely in', () => {
  const card = (address: string) => ({
    ...({ address, netmask: '', family: 'IPv4', mac: '', internal: false, cidr: null } as const),
  })
  const wifi = { wlan0: [card('192.168.1.7')] }
  const others = [
    ['docker0', '172.17.0.1'],
    ['br-4f2a', '192.168.49.1'],
    ['vEthernet (WSL)', '172.28.0.1'],
    ['tailscale0', '100.101.2.3'],
    ['utun4', '10.8.0.2'],
    ['eth7', '169.254.10.1'],
    ['eth8', '172.20.0.3'],
  ] as const
  for (const [name, address] of others) {
    const cards = [
      { ...wifi, [name]: [card(address)] },
      { [name]: [card(address)], ...wifi },
    ]
    for (const each of cards) {
      const shared = sharedOrigin(everywhere, 3000, 'http://localhost:3000', each)
      expect(shared).toBe('http://192.168.1.7:3000')
      expect(urlsOf(everywhere, 3000, 'http:', each)).toContain(`http://${address}:3000/`)
    }
    const alone = sharedOrigin(everywhere, 3000, 'http://localhost:3000', {
      [name]: [card(address)],
    })
    expect(alone).toBe(`http://${address}:3000`)
  }
})

test('a server for this machine alone shares its own address', () => {
  const place = { ...everywhere, host: '127.0.0.1' }
  expect(sharedOrigin(place, 3000, 'http://localhost:3000')).toBe('http://127.0.0.1:3000')
})

test('the public URL comes before what a page is asked under', () => {
  const place = { ...everywhere, basePath: '/chat/', publicUrl: new URL('https://chat.example') }
  for (const asked of ['http://localhost:3000', 'http://192.168.1.7:3000']) {
    expect(sharedOrigin(place, 3000, asked)).toBe('https://chat.example')
  }
  expect(urlsOf(place, 3000).at(-1)).toBe('https://chat.example/chat/')
})
