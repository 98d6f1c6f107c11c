import type { Chat } from '../chat/chat'
import { problemSentence, type ProblemCode, toProblem } from '../server/errors'
import { faultOf } from '../server/log'
import type { ChatEvent } from '../shared/protocol'
import type { Socket } from './connections'

/**
 * Runs work that outlasts the callback. A refusal or a disk fault is logged, and answered when
 * there is a `clientId`; any other fault closes the socket.
 */
export function runAsync(
  chat: Chat,
  socket: Socket,
  where: string,
  work: () => Promise<void>,
  clientId: string | null = null,
): void {
  void work().catch((fault) => {
    const problem = toProblem(fault)
    if (problem === null) return fail(chat, socket, where, fault)
    chat.log('refused', { where, code: problem.code })
    if (clientId !== null) refuse(socket, clientId, problem.code)
  })
}

/** Logs an unexpected fault and closes the socket; the client reconnects and resumes. */
export function fail(chat: Chat, socket: Socket, where: string, fault: unknown): void {
  chat.log('fault', { where: `socket.${where}`, fault: faultOf(fault) })
  socket.close(1011, 'internal')
}

/** Replies with a refusal: its code, and a sentence in the reader's language. */
export function refuse(
  socket: Socket,
  clientId: string | null,
  code: ProblemCode,
  retryMs = 0,
): void {
  const reason = problemSentence(socket.data.visitor.language, code)
  const event: ChatEvent = { type: 'refused', client_id: clientId, code, reason }
  reply(socket, retryMs > 0 ? { ...event, retry_ms: retryMs } : event)
}

/** Sends an event to one socket; all replies of one turn share a frame. */
export function reply(socket: Socket, event: ChatEvent): void {
  const { outgoing } = socket.data
  outgoing.push(event)
  if (outgoing.length > 1) return
  queueMicrotask(() => {
    const text = JSON.stringify(outgoing.splice(0))
    // Corked: one write together with what was just published to this socket.
    if (socket.data.isOpen) socket.cork(() => socket.send(text))
  })
}
