import { expect, test } from 'bun:test'
import { countDifferences, orderThroughCuts } from './order'

test('everybody sees one order, without holes, through cuts and restarts', async () => {
  const figures = await orderThroughCuts({
    senders: 6,
    messagesEach: 100,
    listeners: 6,
    dropMs: [100, 600],
    restarts: 3,
  })
  expect(figures).toMatchObject({ messages: 600, clients: 12, differing: 0 })
  expect(figures).toMatchObject({ missing: 0, contradictions: 0, disordered: 0 })
})

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
