import { expect, test } from 'bun:test'
import { watchSpace } from '../../../src/chat/files/space'
import { serverLimits } from '../../../src/server/limits'
import { waitUntil } from '../../helpers/wait'

/** The check of a house on a disk with so much free, once it was looked at. */
async function watched(free: () => number): Promise<() => void> {
  const requireSpace = watchSpace({ space: async () => ({ free: free(), total: 1e12 }) })
  await Bun.sleep(0)
  return requireSpace
}

test('nobody adds words to a disk that has only its reserve left', async () => {
  ;(await watched(() => serverLimits.messagesReserveBytes))()
  const refuse = await watched(() => serverLimits.messagesReserveBytes - 1)
  expect(refuse).toThrow(expect.objectContaining({ code: 'storage_full', retryMs: 5_000 }))
})

test('when there is room again, the first who comes is let in', async () => {
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

test('the disk is looked at now and then, not at every message', async () => {
  let looks = 0
  const requireSpace = await watched(() => {
    looks += 1
    return 1e12
  })
  for (let n = 0; n < 100; n += 1) requireSpace()
  await Bun.sleep(0)
  expect(looks).toBe(1)
})

test('a disk that does not say how full it is may be written to', async () => {
  const requireSpace = watchSpace({ space: () => Promise.reject(new Error('no such call')) })
  await Bun.sleep(0)
  requireSpace()
})
