import { expect, test } from 'bun:test'
import { holds } from './in-suite'
import { countDifferences, ordered } from './order'

holds(ordered)

test('the instrument sees two messages that changed places, and one that is another', () => {
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
