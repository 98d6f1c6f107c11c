import { problemSentence } from '../server/problem-sentence'
import type { Chat } from '../chat/chat'
import type { ChatEvent } from '../shared/protocol'
import { ChatError, type ProblemCode } from '../server/errors'
import { guard } from '../server/guard'
import { storageProblem } from '../server/storage-problem'
import type { Socket } from './connections'

/**
 * Does what takes longer than this turn; a fault in it ends the socket, and is logged. When it is
 * the disk's, the socket goes on, and who waits for an answer (`clientId`) gets one.
 */
export function later(
  chat: Chat,
  socket: Socket,
  where: string,
  work: () => Promise<void>,
  clientId: string | null = null,
): void {
  void work().catch((fault) => {
    const problem = fault instanceof ChatError ? fault : storageProblem(fault)
    if (problem === null) return fail(chat, socket, fault, where)
    chat.log('refused', { where, code: problem.code })
    if (clientId !== null) refuse(socket, clientId, problem.code)
  })
}

/** Something broke while working for this socket. */
export function fail(chat: Chat, socket: Socket, fault: unknown, where = 'resume'): void {
  guard(chat.log, `socket.${where}`, () => {
    throw fault
  })()
  socket.close(1011, 'internal')
}

/** Says no, with a sentence in the reader's language. */
export function refuse(
  socket: Socket,
  clientId: string | null,
  code: ProblemCode,
  retryMs = 0,
): void {
  const reason = problemSentence(socket.data.visitor.language, code)
  const event: ChatEvent = { type: 'refused', client_id: clientId, code, reason }
  say(socket, retryMs > 0 ? { ...event, retry_ms: retryMs } : event)
}

/** Answers of one turn leave in one frame. */
export function say(socket: Socket, event: ChatEvent): void {
  const { outgoing } = socket.data
  outgoing.push(event)
  if (outgoing.length > 1) return
  queueMicrotask(() => {
    const text = JSON.stringify(outgoing.splice(0))
    // Corked, so that it leaves in one write with what was published to this socket just before.
    if (socket.data.isOpen) socket.cork(() => socket.send(text))
  })
}
