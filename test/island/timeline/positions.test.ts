import { expect, test } from 'bun:test'
import { createPositions } from '../../../src/island/timeline/positions'

/** Numbers that look random and are the same in every run. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

test('a hole is asked for once, and closed by the answer', () => {
  const asked: [number, number][] = []
  const positions = createPositions((room, after) => asked.push([room, after]))
  positions.set(1, 10)
  positions.heard(1, 11)
  expect(asked).toEqual([])
  positions.heard(1, 14)
  positions.heard(1, 15)
  expect(asked).toEqual([[1, 11]])
  expect(positions.known(1)).toBe(11)
  positions.caughtUp(1, 11, 14)
  expect(positions.known(1)).toBe(15)
  expect(asked.length).toBe(1)
})

test('the loss of the very last one is noticed by comparing', () => {
  const asked: [number, number][] = []
  const positions = createPositions((room, after) => asked.push([room, after]))
  positions.set(1, 10)
  positions.compare(1, 10)
  expect(asked).toEqual([])
  positions.compare(1, 11)
  expect(asked).toEqual([[1, 10]])
})

test('a question that died with its connection is asked again', () => {
  const asked: number[] = []
  const positions = createPositions((_, after) => asked.push(after))
  positions.set(1, 10)
  positions.compare(1, 12)
  positions.compare(1, 13)
  positions.interrupted()
  positions.compare(1, 13)
  expect(asked).toEqual([10, 10])
})

test('an old answer for a list that was replaced since claims nothing', () => {
  const positions = createPositions(() => {})
  positions.set(1, 10)
  positions.caughtUp(1, 50, 60)
  expect(positions.known(1)).toBe(10)
})

test('rows that are older than an answer on its way are asked for, too', () => {
  const asked: number[] = []
  const positions = createPositions((_, after) => asked.push(after))
  positions.set(1, 10)
  positions.compare(1, 12)
  positions.readAt(1, 8)
  expect(asked).toEqual([10, 8])
  positions.caughtUp(1, 10, 12)
  expect(positions.known(1)).toBe(8)
  positions.caughtUp(1, 8, 12)
  expect(positions.known(1)).toBe(12)
})

test('a room that is not on this page requests for nothing', () => {
  const asked: number[] = []
  const positions = createPositions((room) => asked.push(room))
  positions.heard(7, 3)
  positions.compare(7, 30)
  expect(asked).toEqual([])
})

test('what was heard before the list came is asked for when the list is older', () => {
  const asked: [number, number][] = []
  const positions = createPositions((room, after) => asked.push([room, after]))
  positions.heard(1, 11)
  positions.heard(2, 20)
  expect(asked).toEqual([])
  positions.set(1, 10)
  positions.set(2, 20)
  expect(asked).toEqual([[1, 10]])
})

test('however frames are lost, doubled and shuffled, in the end nothing is missing', () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = createRandom(seed)
    const seen = new Set<number>()
    let head = 0
    let question: number | null = null
    const positions = createPositions((_, after) => {
      expect(question).toBeNull()
      question = after
    })
    positions.set(1, 0)
    const hear = (revision: number): void => {
      seen.add(revision)
      positions.heard(1, revision)
    }
    const answer = (): void => {
      if (question === null) return
      const after = question
      const upTo = head
      for (let revision = after + 1; revision <= upTo; revision += 1) seen.add(revision)
      question = null
      positions.caughtUp(1, after, upTo)
    }
    for (let step = 0; step < 200; step += 1) {
      const dice = random()
      if (dice < 0.5) {
        head += 1
        if (random() < 0.8) hear(head)
      } else if (dice < 0.6 && head > 0) hear(1 + Math.floor(random() * head))
      else if (dice < 0.8) answer()
      else if (dice < 0.9) positions.compare(1, head)
      else {
        question = null
        positions.interrupted()
      }
      // Whatever is claimed as known was seen.
      const missing = Array.from({ length: positions.known(1) }, (_, n) => n + 1).filter(
        (revision) => !seen.has(revision),
      )
      if (missing.length > 0) expect({ seed, step, missing }).toBeNull()
    }
    question = null
    positions.interrupted()
    positions.compare(1, head)
    answer()
    expect({ seed, known: positions.known(1) }).toEqual({ seed, known: head })
  }
})
