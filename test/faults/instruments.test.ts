import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { openRoutes, roomRoutes, fileRoutes } from './canary-routes'
import { countDifferences } from './order'
import { readTrace } from './sync'

test('P3: the instrument sees two messages that changed places, and one that is another', () => {
  const truth = new Map([
    [1, '7-a'],
    [2, '8-b'],
    [3, '7-c'],
  ])
  const swapped = new Map([
    [1, '8-b'],
    [2, '7-a'],
  ])
  expect(countDifferences(truth, [truth])).toEqual({ differing: 0 })
  expect(countDifferences(truth, [truth, swapped])).toEqual({ differing: 2 })
  expect(countDifferences(truth, [new Map([[3, '9-c']])])).toEqual({ differing: 1 })
  expect(countDifferences(truth, [new Map([[4, '7-d']])])).toEqual({ differing: 1 })
})

// A server runs under strace only for `bun run test:faults P2`, as not every machine has it.
const heard = '7 recvfrom(11<socket:[26]>, "\\201\\376", 524288, 0, NULL, NULL) = 120'
const written = '7 pwrite64(8</data/chatroom.db-wal>, "\\r\\0", 4096, 300) = 4096'
const synced = '7 fdatasync(8</data/chatroom.db-wal>) = 0'
const halfSynced = '7 fdatasync(8</data/chatroom.db-wal> <unfinished ...>'
const answered = '7 sendto(11<socket:[26]>, "[{\\"type\\":\\"accepted\\",…", 200, 0, NULL, 0) = 200'

const early = (...lines: string[]): number => readTrace(lines.join('\n')).tooEarly

test('P2: the reader of system calls sees answers that leave before the sync', () => {
  expect(readTrace([heard, written, synced, answered].join('\n'))).toEqual({
    answers: 1,
    tooEarly: 0,
    syncs: 1,
  })
  const later = '7 <... fdatasync resumed>) = 0'
  expect(early(heard, written, halfSynced, '9 read(3</x>, "", 1) = 0', later, answered)).toBe(0)
  expect(early(heard, written, answered, synced)).toBe(1)
  expect(early(heard, answered, written, synced)).toBe(1)
  expect(early(heard, written, synced, written, answered)).toBe(1)
  expect(early(heard, written, halfSynced, answered, later)).toBe(1)
  // What the kernel says of itself is no message.
  const addresses = '7 recvmsg(13<socket:[9]>, {msg_name={sa_family=AF_NETLINK, …}, 0) = 76'
  expect(early(heard, addresses, written, synced, answered)).toBe(0)
  // The sync was the one before this message.
  expect(early(heard, written, synced, answered, heard, answered)).toBe(1)
})

test('P7: the sweep tries every route of the server', async () => {
  const http = join(import.meta.dir, '..', '..', 'src', 'http')
  const tried = [...openRoutes(), ...roomRoutes(2), ...fileRoutes('a'.repeat(32))]
  const others = ['/session/end', '/static/:file', '/search', '/attachments']
  const missing: string[] = []
  let served = 0
  for await (const file of new Bun.Glob('**/*.ts*').scan(http)) {
    const text = await Bun.file(join(http, file)).text()
    for (const [, method = '', route = ''] of text.matchAll(/\.(get|post)\('(\/[^']*)'/g)) {
      served += 1
      const pattern = route.replace(/\/:\w+\?/g, '(/[^/]+)?').replace(/:\w+/g, '[^/]+')
      const isTried = tried.some(({ method: triedMethod, path }) => {
        const [pathname = ''] = path.split('?')
        return triedMethod === method.toUpperCase() && new RegExp(`^${pattern}$`).test(pathname)
      })
      if (!isTried && !others.includes(route)) missing.push(`${method} ${route}`)
    }
  }
  expect(missing).toEqual([])
  expect(served).toBeGreaterThan(30)
})
