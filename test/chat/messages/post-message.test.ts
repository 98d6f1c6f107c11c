import { expect, test } from 'bun:test'
import type { Chat } from '../../../src/chat/chat'
import { openPostingQueue, type PostAnswer } from '../../../src/chat/messages/post-message'
import { limits } from '../../../src/shared/limits'
import { createPaths } from '../../../src/shared/paths'
import { openEngine } from '../../store/engine'
import { hash, join } from '../../store/people'

/** Who is answered, in this order, when many long messages wait and then a short one of Ada. */
async function answered(addressOfAda: string): Promise<string[]> {
  const { store, close: closeStore } = await openEngine()
  const [flood, ada] = [await join(store, 'Flood', 1), await join(store, 'Ada', 2)]
  const nothing = (): void => {}
  const chat = {
    ...{ store, paths: createPaths('/'), now: () => 1 },
    ...{ publishChanges: nothing, requireSpace: nothing, log: nothing },
  } as unknown as Chat
  const { postMessage, close } = openPostingQueue(chat)
  const done: string[] = []
  const post = (user: typeof ada, address: string, clientId: string, content: string): void => {
    const message = { clientId, content, room: 1, attachments: [], replyTo: null, writtenIn: null }
    const answer = ({ type }: PostAnswer): void => void done.push(`${user.nickname} ${type}`)
    const session = hash(user === ada ? 2 : 1).toHex()
    postMessage(message, { user, address, session }, answer)
  }
  for (let n = 0; n < 100; n += 1) {
    post(flood, 'school', `f-${n}`, 'x'.repeat(limits.messageUnitsMax))
  }
  post(ada, addressOfAda, 'a', 'Hello')
  await close()
  await closeStore()
  return done
}

test('a flood of long messages delays nobody elsewhere by more than one batch', async () => {
  const elsewhere = await answered('home')
  expect(elsewhere.length).toBe(101)
  expect(elsewhere.indexOf('Ada accepted')).toBeLessThan(10)
  // In the same line she comes last.
  expect((await answered('school')).indexOf('Ada accepted')).toBe(100)
})
