import { expect, test } from 'bun:test'
import { createTurns, type Turns } from '../../src/store/search/turns'

type Asked = { line: string; person?: number; msMax?: number }

/** Asks, notes the name when it is its turn, and makes room at once. */
async function ask(turns: Turns, done: string[], name: string, asked: Asked): Promise<string> {
  const turn = await turns.enter(asked)
  if (turn !== 'go') return turn
  done.push(name)
  turns.leave()
  return turn
}

/** How many of an address with fifty people are served before the only one of another. */
async function servedBefore(lineOfOther: string): Promise<number> {
  const turns = createTurns(() => {})
  const done: string[] = []
  const many = Array.from({ length: 50 }, (_, person) =>
    ask(turns, done, 'many', { line: 'school', person }),
  )
  const other = ask(turns, done, 'other', { line: lineOfOther, person: 99 })
  await Promise.all([...many, other])
  return done.indexOf('other')
}

test('fifty people of one address delay somebody elsewhere by two questions at most', async () => {
  expect(await servedBefore('home')).toBeLessThanOrEqual(2)
  // Without lines of their own they would be in front.
  expect(await servedBefore('school')).toBe(50)
})

test('a newer question of a person takes the place of their one that waits', async () => {
  const turns = createTurns(() => {})
  await turns.enter({ line: 'school' })
  const done: string[] = []
  const first = ask(turns, done, 'first', { line: 'school', person: 1 })
  const other = ask(turns, done, 'other', { line: 'school', person: 2 })
  const second = ask(turns, done, 'second', { line: 'school', person: 1 })
  expect(await first).toBe('replaced')
  turns.leave()
  expect(await Promise.all([other, second])).toEqual(['go', 'go'])
  expect(done).toEqual(['second', 'other'])
})

test('a question that waits too long is given up, and the others are served', async () => {
  const counts: number[] = []
  const turns = createTurns((count) => counts.push(count))
  await turns.enter({ line: 'a' })
  expect(await turns.enter({ line: 'a', person: 1, msMax: 1 })).toBe('busy')
  const patient = turns.enter({ line: 'a', person: 2 })
  turns.leave()
  expect(await patient).toBe('go')
  expect(counts).toEqual([1, 0, 1, 0])
})

test('one address cannot fill the memory with questions', async () => {
  const turns = createTurns(() => {})
  await turns.enter({ line: 'a' })
  const answers = Array.from({ length: 150 }, (_, person) => turns.enter({ line: 'a', person }))
  expect(await answers.at(-1)).toBe('busy')
  const other = turns.enter({ line: 'b', person: 200 })
  turns.leave()
  turns.leave()
  expect(await other).toBe('go')
})
