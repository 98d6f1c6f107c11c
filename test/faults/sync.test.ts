import { expect, test } from 'bun:test'
import { readTrace } from './sync'

/** The server runs under it only for `bun run test:faults P2`: not every machine has a tracer. */
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
