import { expect, test } from 'bun:test'
import { killUnderLoad } from './kill'

const load = { rounds: 6, senders: 8, window: 5, runMs: [200, 700] as [number, number] }

test('what was acknowledged survives kill -9: nothing lost, doubled or renumbered', async () => {
  const figures = await killUnderLoad(load)
  expect(figures.acknowledged).toBeGreaterThan(200)
  const { lost, changed, doubled, gaps, integrity } = figures
  expect({ lost, changed, doubled, gaps, integrity }).toEqual({
    lost: 0,
    changed: 0,
    doubled: 0,
    gaps: 0,
    integrity: 'ok',
  })
})

test('the instrument sees losses when answers leave before the commit', async () => {
  const { lost } = await killUnderLoad({ ...load, rounds: 3, acksTooEarly: true })
  expect(lost).toBeGreaterThan(0)
})
