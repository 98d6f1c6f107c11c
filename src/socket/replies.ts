import type { Chat } from '../chat/chat'
import { problemSentence, type ProblemCode, toProblem } from '../server/errors'
import { faultOf } from '../server/log'
import type { ChatEvent } from '../shared/protocol'
import type { Peer } from './connections'

/**
 * Runs work that outlasts the callback. A refusal or a disk fault is logged, and answered when
 * there is a `clientId`; any other fault closes the socket. Never rejects.
 */
export function runAsync(
  chat: Chat,
  peer: Peer,
  where: string,
  work: () => Promise<void>,
  clientId: string | null = null,
): Promise<void> {
  return work().catch((fault) => {
    const problem = toProblem(fault)
    if (problem === null) return fail(chat, peer, where, fault)
    chat.log('refused', { where, code: problem.code })
    if (clientId !== null) refuse(peer, clientId, problem.code, problem.retryMs)
  })
}

/** Logs an unexpected fault and closes the socket; the client reconnects and resumes. */
export function fail(chat: Chat, peer: Peer, where: string, fault: unknown): void {
  chat.log('fault', { where: `socket.${where}`, fault: faultOf(fault) })
  peer.close(1011, 'internal')
}

/** Replies with a refusal: its code, and a sentence in the reader's language. */
export function refuse(peer: Peer, clientId: string | null, code: ProblemCode, retryMs = 0): void {
  const reason = problemSentence(peer.data.visitor.language, code)
  const event: ChatEvent = { type: 'refused', client_id: clientId, code, reason }
  reply(peer, retryMs > 0 ? { ...event, retry_ms: retryMs } : event)
}

/** Sends an event to one peer; all replies of one turn share a frame. */
export function reply(peer: Peer, event: ChatEvent): void {
  const { outgoing } = peer.data
  outgoing.push(event)
  if (outgoing.length > 1) return
  queueMicrotask(() => {
    const text = JSON.stringify(outgoing.splice(0))
    // Corked: one write together with what was just published to this socket.
    if (peer.data.isOpen) peer.cork(() => peer.send(text))
  })
}
