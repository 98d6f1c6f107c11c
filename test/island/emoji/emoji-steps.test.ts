import { expect, test } from 'bun:test'
import { type Place, stepTo } from '../../../src/island/emoji/emoji-steps'

/** Two of a first group, then eleven and one, in rows of four. */
const sections = [2, 11, 1].map((length) => ({ emoji: Array.from({ length }) }))

function go(from: [number, number] | null, key: string, ctrlKey = false): number[] | null {
  const place: Place | null = from && { section: from[0], index: from[1] }
  const next = stepTo({ sections, columns: 4, place }, { key, ctrlKey, metaKey: false })
  return next && [next.section, next.index]
}

test('from nowhere every step leads to the first', () => {
  for (const key of ['ArrowDown', 'ArrowRight', 'ArrowUp', 'Home']) {
    expect(go(null, key)).toEqual([0, 0])
  }
  expect(go(null, 'x')).toBeNull()
})

test('sideways leads from group to group, and stops at both ends', () => {
  expect(go([0, 1], 'ArrowRight')).toEqual([1, 0])
  expect(go([1, 0], 'ArrowLeft')).toEqual([0, 1])
  expect(go([0, 0], 'ArrowLeft')).toEqual([0, 0])
  expect(go([2, 0], 'ArrowRight')).toEqual([2, 0])
})

test('up and down keep the column, or take the last of a shorter row', () => {
  expect(go([0, 1], 'ArrowDown')).toEqual([1, 1])
  expect(go([1, 7], 'ArrowDown')).toEqual([1, 10])
  expect(go([1, 10], 'ArrowDown')).toEqual([2, 0])
  expect(go([1, 3], 'ArrowUp')).toEqual([0, 1])
  expect(go([2, 0], 'ArrowUp')).toEqual([1, 8])
  expect(go([2, 0], 'ArrowDown')).toEqual([2, 0])
})

test('Home and End go along the row, with Ctrl to the first and the last', () => {
  expect(go([1, 6], 'Home')).toEqual([1, 4])
  expect(go([1, 9], 'End')).toEqual([1, 10])
  expect(go([1, 6], 'Home', true)).toEqual([0, 0])
  expect(go([0, 0], 'End', true)).toEqual([2, 0])
})
