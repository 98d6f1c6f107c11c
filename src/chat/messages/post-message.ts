import { liveRow } from '../../../views/messages/live-row'
import { ChatError, type ProblemCode } from '../../server/errors'
import { guard } from '../../server/guard'
import { faultOf } from '../../server/log'
import { storageProblem } from '../../server/storage-problem'
import type { AppendOutcome, Mention, Message, NewMessage } from '../../store/store'
import type { Chat } from '../chat'
import { toEvent } from './events'
import type { AcceptedEvent } from '../../shared/protocol'
import { chooseMentions, findCandidates } from './find-mentions'
import { limits } from '../../shared/limits'
import { serverLimits } from '../../server/limits'

/** Characters of one published frame, so that a burst closes no socket. */
const publishUnitsMax = 256 * 1024
/** Messages waiting for the next transaction; beyond it senders are asked to retry. */
const postingQueueMax = 20_000
/** Messages of one transaction: bounds how long it blocks the event loop. */
export const postingBatchMax = 2_000
/** Characters of one transaction, which are rendered at once: six of the longest messages. */
const postingUnitsMax = 48 * 1024

/** The answer to one posted message: given after the commit, never before. */
export type PostAnswer = AcceptedEvent | { type: 'refused'; code: ProblemCode; retryMs?: number }

type Posting = { message: NewMessage; answer: (answer: PostAnswer) => void }

/** Takes a message whose mentions are still only words. */
export type PostMessage = (message: NewMessage, answer: Posting['answer']) => void

/**
 * Opens the posting queue. Everything that arrives in one turn of the event loop becomes one
 * transaction, one sync of the disk and one published frame per room, so the busier the house,
 * the cheaper each message. Gives the verb and `settled`, which waits until the queue is empty.
 * Throws `busy` from the verb when the queue is full and `restarting` once it is closed.
 */
export function openPostingQueue(chat: Chat): {
  postMessage: PostMessage
  close: () => Promise<void>
} {
  let waiting: Posting[] = []
  let running: Promise<void> | null = null
  let closed = false

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const size = sizeOfBatch(waiting)
      const batch = waiting.slice(0, size)
      waiting = waiting.slice(size)
      await flush(chat, batch)
      // Others have their turn before the next group.
      if (waiting.length > 0) await new Promise<void>((resolve) => setImmediate(resolve))
    }
    running = null
  }

  const postMessage: PostMessage = (message, answer) => {
    if (closed) throw new ChatError('restarting', limits.reconnectMsMin)
    if (waiting.length >= postingQueueMax) throw new ChatError('busy', 1_000)
    waiting.push({ message, answer: chat.config.faultAckBeforeCommit ? () => {} : answer })
    if (chat.config.faultAckBeforeCommit) return ackTooEarly(message, answer)
    running ??= new Promise<void>((resolve) => setImmediate(resolve)).then(run)
  }

  // The planted fault of the crash test: answers at once and commits a moment later.
  const ackTooEarly = (message: NewMessage, answer: Posting['answer']): void => {
    const { room, clientId, createdAt } = message
    answer(toAccepted({ room, clientId, createdAt, seq: 1, revision: 1 }))
    running ??= Bun.sleep(50).then(run)
  }

  const close = async (): Promise<void> => {
    closed = true
    await running
  }

  return { postMessage, close }
}

/** How many of those that wait become one transaction: bounds how long the loop is away. */
function sizeOfBatch(waiting: Posting[]): number {
  let [size, units] = [0, 0]
  for (const { message } of waiting) {
    units += message.content.length
    if (size === postingBatchMax || (size > 0 && units > postingUnitsMax)) break
    size += 1
  }
  return size
}

async function flush(chat: Chat, batch: Posting[]): Promise<void> {
  const outcomes = await append(chat, batch)
  // Whatever goes wrong while telling the others, the sender's answer is owed.
  try {
    publish(chat, outcomes)
  } catch (fault) {
    chat.log('publish.failed', { fault: faultOf(fault) })
  }
  // One sender's broken socket must not keep the others from their answers.
  const tell = guard(chat.log, 'answer', ({ message, answer }: Posting, index: number) => {
    const outcome = outcomes[index]
    if (outcome !== undefined) answer(toAnswer(outcome, message))
  })
  for (const [index, posting] of batch.entries()) tell(posting, index)
}

async function append(chat: Chat, batch: Posting[]): Promise<(AppendOutcome | StorageFailure)[]> {
  try {
    chat.requireSpace()
    const messages = batch.map(({ message }) => findMentions(chat, message))
    return await chat.store.messages.append(await Promise.all(messages))
  } catch (fault) {
    chat.log('append.failed', { size: batch.length, fault: faultOf(fault) })
    const failure = toFailure(fault)
    return batch.map(() => failure)
  }
}

type StorageFailure = { status: 'refused'; code: ProblemCode; retryMs: number }

/** Nothing of the group was kept, whoever is to blame: all of it may be sent again. */
function toFailure(fault: unknown): StorageFailure {
  const problem = fault instanceof ChatError ? fault : storageProblem(fault)
  return {
    status: 'refused',
    code: problem?.code ?? 'storage_failed',
    retryMs: serverLimits.storageRetryMs,
  }
}

/** Names after an @ become ids, so that they go on meaning the same people. */
function findMentions(chat: Chat, message: NewMessage): NewMessage | Promise<NewMessage> {
  // Most name nobody, and a promise for each of them is felt in a batch.
  if (!atSign.test(message.content)) return message
  return mentionsIn(chat, message).then((mentions) => ({ ...message, mentions }))
}

const atSign = /[@＠]/

/** The people who are named in a text that this author writes in this room. */
export async function mentionsIn(
  chat: Chat,
  { room, author, content }: Pick<NewMessage, 'room' | 'author' | 'content'>,
): Promise<Mention[]> {
  if (!atSign.test(content)) return []
  const candidates = findCandidates(content)
  const folded = [...new Set(candidates.map((each) => each.folded))]
  const people = await chat.store.users.namedIn(room, author, folded)
  return chooseMentions(candidates, people, author)
}

function publish(chat: Chat, outcomes: (AppendOutcome | StorageFailure)[]): void {
  const fresh = outcomes.flatMap((outcome) =>
    outcome.status === 'accepted' && !outcome.repeat ? [outcome.message] : [],
  )
  for (const [room, messages] of Map.groupBy(fresh, (message) => message.room)) {
    for (const part of partsOf(messages)) {
      chat.publish(
        { room },
        {
          html: () => part.map((message) => liveRow(message, chat.paths)).join(''),
          json: () => JSON.stringify(part.map((message) => toEvent(message))),
        },
      )
    }
  }
}

/** A burst of long messages is published in several frames, so that no reader is closed by one. */
function partsOf(messages: Message[]): Message[][] {
  const parts: Message[][] = [[]]
  let units = 0
  for (const message of messages) {
    units += message.content.length
    if (units > publishUnitsMax) {
      parts.push([])
      units = message.content.length
    }
    parts.at(-1)?.push(message)
  }
  return parts
}

function toAnswer(outcome: AppendOutcome | StorageFailure, sent: NewMessage): PostAnswer {
  if (outcome.status === 'accepted') {
    const accepted = toAccepted(outcome.message)
    const { content } = outcome.message
    return content === sent.content ? accepted : { ...accepted, already_sent_as: content }
  }
  const { status: _, ...refusal } = outcome
  return { type: 'refused', ...refusal }
}

type Accepted = Pick<Message, 'room' | 'clientId' | 'seq' | 'revision' | 'createdAt'>

/** The answer that a message is on the disk, with the place it has. */
export function toAccepted({ room, clientId, seq, revision, createdAt }: Accepted): AcceptedEvent {
  const timestamp = new Date(createdAt).toISOString()
  return { type: 'accepted', client_id: clientId, room, seq, revision, timestamp }
}
