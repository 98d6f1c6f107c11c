import type { ChatClient } from '../helpers/client'
import { waitUntil } from '../helpers/wait'

/** Somebody who posts one message after another, and what came of each. */
export type Talk = {
  socket: ChatClient
  accepted: Map<string, string>
  refused: Set<string>
  answerMsMax: number
  unexplained: Set<string>
}

/** Begins to talk on this socket. */
export function beginTalk(socket: ChatClient): Talk {
  return {
    socket,
    accepted: new Map(),
    refused: new Set(),
    answerMsMax: 0,
    unexplained: new Set(),
  }
}

let lastId = 0

/** Says one thing and notes what came of it; true when it was accepted. */
export async function say(talk: Talk, text: string): Promise<boolean> {
  lastId += 1
  const id = `d-${lastId}`
  const startedAt = performance.now()
  const answer = await talk.socket.post(1, id, `${text} ${lastId}`)
  talk.answerMsMax = Math.max(talk.answerMsMax, performance.now() - startedAt)
  if (answer.type === 'accepted') {
    talk.accepted.set(id, `${text} ${lastId}`)
    return true
  }
  talk.refused.add(id)
  const isClear = answer.code.startsWith('storage_') && answer.reason.includes('server')
  if (!isClear) talk.unexplained.add(answer.code)
  return false
}

/** Talks for a while. */
export async function sayFor(talk: Talk, ms: number): Promise<void> {
  const until = performance.now() + ms
  while (performance.now() < until) {
    await say(talk, 'The tide is high today.')
    await Bun.sleep(5)
  }
}

/** Whether posting works again within some seconds. */
export async function recovers(talk: Talk): Promise<boolean> {
  return waitUntil(() => say(talk, 'Is it back?'), 'an answer', 5_000).catch(() => false)
}
