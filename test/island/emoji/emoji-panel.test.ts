import { expect, test } from 'bun:test'
import { stepTo } from '../../../src/island/emoji/emoji-panel'

/** Two of a first group, then eleven and one, in rows of four. */
const rows = [
  ['a1', 'a2'],
  ['b1', 'b2', 'b3', 'b4'],
  ['b5', 'b6', 'b7', 'b8'],
  ['b9', 'b10', 'b11'],
  ['c1'],
]

function go(here: string | null, key: string, ctrlKey = false): string | null {
  return stepTo(rows, here, { key, ctrlKey, metaKey: false })
}

test('from nowhere every step leads to the first', () => {
  for (const key of ['ArrowDown', 'ArrowRight', 'ArrowUp', 'Home']) expect(go(null, key)).toBe('a1')
  expect(go(null, 'x')).toBeNull()
})

test('sideways leads from group to group, and stops at both ends', () => {
  expect(go('a2', 'ArrowRight')).toBe('b1')
  expect(go('b1', 'ArrowLeft')).toBe('a2')
  expect(go('a1', 'ArrowLeft')).toBe('a1')
  expect(go('c1', 'ArrowRight')).toBe('c1')
})

test('up and down keep the column, or take the last of a shorter row', () => {
  expect(go('a2', 'ArrowDown')).toBe('b2')
  expect(go('b8', 'ArrowDown')).toBe('b11')
  expect(go('b11', 'ArrowDown')).toBe('c1')
  expect(go('b4', 'ArrowUp')).toBe('a2')
  expect(go('c1', 'ArrowUp')).toBe('b9')
  expect(go('c1', 'ArrowDown')).toBe('c1')
})

test('a page is five rows, or as many as there are', () => {
  expect(go('b2', 'PageUp')).toBe('a2')
  expect(go('a2', 'PageDown')).toBe('c1')
})

test('Home and End go along the row, with Ctrl to the first and the last', () => {
  expect(go('b7', 'Home')).toBe('b5')
  expect(go('b10', 'End')).toBe('b11')
  expect(go('b7', 'Home', true)).toBe('a1')
  expect(go('a1', 'End', true)).toBe('c1')
})
