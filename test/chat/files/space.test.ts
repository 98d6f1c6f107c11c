import { expect, test } from 'bun:test'
import type { Chat, Visitor } from '../../../src/chat/chat'
import { type Claim, claimSpace, watchSpace } from '../../../src/chat/files/space'
import { serverLimits } from '../../../src/server/limits'
import { waitUntil } from '../../helpers/wait'

/** The check on a disk with this much free space, after the first measurement. */
async function watched(free: () => number): Promise<() => void> {
  const requireSpace = watchSpace({ space: async () => ({ free: free(), total: 1e12 }) })
  await Bun.sleep(0)
  return requireSpace
}

test('nobody posts while only the reserve of the disk is left', async () => {
  ;(await watched(() => serverLimits.messagesReserveBytes))()
  const refuse = await watched(() => serverLimits.messagesReserveBytes - 1)
  expect(refuse).toThrow(expect.objectContaining({ code: 'storage_full', retryMs: 5_000 }))
})

test('posting works again when there is space again', async () => {
  let free = 0
  const requireSpace = await watched(() => free)
  expect(requireSpace).toThrow()
  free = 1e12
  const isLetIn = (): boolean => {
    try {
      requireSpace()
      return true
    } catch {
      return false
    }
  }
  await waitUntil(isLetIn, 'room')
})

test('the disk is measured now and then, not for each message', async () => {
  let looks = 0
  const requireSpace = await watched(() => {
    looks += 1
    return 1e12
  })
  for (let n = 0; n < 100; n += 1) requireSpace()
  await Bun.sleep(0)
  expect(looks).toBe(1)
})

test('a disk that cannot be measured may be written to', async () => {
  const requireSpace = watchSpace({ space: () => Promise.reject(new Error('no such call')) })
  await Bun.sleep(0)
  requireSpace()
})

test('there is an end to the number of files, too, of a person and of all', async () => {
  const { filesMax, filesPerPersonMax } = serverLimits
  /** Starts that many uploads of a person who has so many files, of so many in all. */
  const claim = async (own: number, all: number, count = 1): Promise<void> => {
    const stored = async () => ({ own: { files: own, bytes: 1 }, all: { files: all, bytes: 1 } })
    const config = { personBytesMax: 100, filesBytesMax: 100 }
    const files = { space: async () => ({ free: 1e12, total: 1e12 }) }
    const chat = { config, files, store: { attachments: { stored } } } as unknown as Chat
    const visitor = { user: { id: 1 }, address: 'here' } as unknown as Visitor
    const claims: Claim[] = []
    try {
      for (let n = 0; n < count; n += 1) claims.push(await claimSpace(chat, visitor, 1))
    } finally {
      for (const { release } of claims) release()
    }
  }
  const code = (code: string) => expect.objectContaining({ code })
  await claim(filesPerPersonMax - 1, filesMax - 1)
  expect(claim(filesPerPersonMax, filesMax - 1)).rejects.toEqual(code('own_files_full'))
  expect(claim(0, filesMax)).rejects.toEqual(code('space_full'))
  // Uploads under way count as files.
  expect(claim(filesPerPersonMax - 1, 0, 2)).rejects.toEqual(code('own_files_full'))
})
