import { expect, test } from 'bun:test'
import { watchSpace } from '../../../src/chat/files/space'
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
