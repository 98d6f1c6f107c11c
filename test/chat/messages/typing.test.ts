import { afterEach, beforeEach, expect, jest, test } from 'bun:test'
import { createTyping, type Typing } from '../../../src/chat/messages/typing'
import type { ChatEvent } from '../../../src/shared/protocol'
import { createMemoryBuses } from '../../helpers/memory-bus'

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

/** Nodes, and who types there in room 7 by what was published. */
function createNodes(names: string[]): { typing: Typing; shown: Set<number> }[] {
  const join = createMemoryBuses(() => 5)
  return names.map((name) => {
    const shown = new Set<number>()
    const publishIfIdle = (room: number, text: string): void => {
      const events: ChatEvent[] = JSON.parse(text)
      for (const event of events) {
        if (event.type !== 'typing' || event.room !== room || room !== 7) throw new Error('typing')
        if (event.active) shown.add(event.user)
        else shown.delete(event.user)
      }
    }
    return { typing: createTyping({ publishIfIdle, log: () => {} }, join(name)), shown }
  })
}

test('people see at every node who is typing, however many are', () => {
  const nodes = createNodes(['a', 'b', 'c'])
  const [first] = nodes
  for (let user = 1; user <= 2_700; user += 1) nodes[user % 3]?.typing.mark(7, 1e15 + user, true)
  jest.advanceTimersByTime(300)
  for (const { shown } of nodes) expect(shown.size).toBe(2_700)
  first?.typing.mark(7, 1e15 + 3, false)
  jest.advanceTimersByTime(300)
  for (const { shown } of nodes) expect(shown.has(1e15 + 3)).toBe(false)
})
