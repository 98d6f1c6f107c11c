import { expect, test } from 'bun:test'
import { watchSpace } from '../../src/chat/space'
import { limits } from '../../src/limits'

const disk = (free: number) => ({ space: async () => ({ free, total: 1e12 }) })

test('nobody adds words to a disk that has only its reserve left', async () => {
  await watchSpace(disk(limits.wordsReserveBytes))()
  await expect(watchSpace(disk(limits.wordsReserveBytes - 1))()).rejects.toMatchObject({
    code: 'storage_full',
    retryMs: limits.storageRetryMs,
  })
})

test('the disk is looked at now and then, not at every message', async () => {
  let looks = 0
  const requireSpace = watchSpace({
    async space() {
      looks += 1
      return { free: 1e12, total: 1e12 }
    },
  })
  for (let n = 0; n < 100; n += 1) await requireSpace()
  expect(looks).toBe(1)
})

test('a disk that does not say how full it is may be written to', async () => {
  await watchSpace({ space: () => Promise.reject(new Error('no such call')) })()
})
