import { liveRow } from '../../../views/messages/live-row'
import { ChatError, type ProblemCode, toProblem } from '../../server/errors'
import { guard } from '../../server/guard'
import { serverLimits } from '../../server/limits'
import { faultOf } from '../../server/log'
import { limits, textLimits } from '../../shared/limits'
import type { AcceptedEvent } from '../../shared/protocol'
import { takeFitting, weighText } from '../../store/fitting'
import type { AppendOutcome, Message, NewMessage, User } from '../../store/store'
import type { Chat, Visitor } from '../chat'
import { asPublication, spanOf } from '../publication'
import { publishOwn } from '../rooms/membership'
import { newDirectRoom, toEvent } from './events'
import { anyAt, findMentions } from './find-mentions'
import type { SentMessage } from './parse-message'

/** Messages waiting for the next transaction; beyond it senders are asked to retry. */
const postingQueueMax = 20_000
/** Messages of one transaction: bounds how long it blocks the event loop. */
export const postingBatchMax = 2_000
/**
 * The size of one transaction, which is rendered at once and published as one frame per room: three
 * of the longest messages, or two with ten files each.
 */
const batchSize = { rows: postingBatchMax, units: 24 * 1024 }
const fileUnitsMax = textLimits.descriptionUnitsMax + 800
const quoteUnitsMax = 1_000

/** The answer to one posted message, given only after its commit. */
export type PostAnswer = AcceptedEvent | { type: 'refused'; code: ProblemCode; retryMs?: number }

/**
 * Posts for a visitor, in whose address's line the message waits. Throws `busy` when the queue is
 * full and `restarting` when it is closed.
 */
export type PostMessage = (
  message: SentMessage & Pick<NewMessage, 'room'>,
  author: Pick<Visitor, 'user' | 'address' | 'session'>,
  answer: (answer: PostAnswer) => void,
) => void

type Posting = { message: NewMessage; answer: (answer: PostAnswer) => void }

/** What waits, by address; within one, in the order of arrival. */
type Lines = Map<string, Posting[]>

/**
 * Opens the posting queue. Everything that arrives in one turn of the event loop becomes one
 * transaction, one sync of the disk and one published frame per room, so the busier the server,
 * the cheaper each message. What does not fit waits for the next; addresses take turns. `close`
 * refuses new messages and waits for those in the queue.
 */
export function openPostingQueue(chat: Chat): {
  postMessage: PostMessage
  close: () => Promise<void>
} {
  const lines: Lines = new Map()
  let waiting = 0
  let running: Promise<void> | null = null
  let isClosed = false

  const run = async (): Promise<void> => {
    while (waiting > 0) {
      const batch = takeBatch(lines)
      waiting -= batch.length
      await flush(chat, batch)
      if (waiting > 0) await new Promise<void>((resolve) => setImmediate(resolve))
    }
    running = null
  }

  const postMessage: PostMessage = (sent, visitor, answer) => {
    if (isClosed) throw new ChatError('restarting', limits.reconnectMsMin)
    if (waiting >= postingQueueMax) throw new ChatError('busy', 1_000)
    const author = visitor.user.id
    const session = Uint8Array.fromHex(visitor.session)
    const message = { ...sent, author, session, mentions: [], createdAt: chat.now() }
    const line = lines.get(visitor.address) ?? []
    lines.set(visitor.address, line)
    line.push({ message, answer })
    waiting += 1
    running ??= new Promise<void>((resolve) => setImmediate(resolve)).then(run)
  }

  const close = async (): Promise<void> => {
    isClosed = true
    await running
  }

  return { postMessage, close }
}

/** Takes a transaction out of the lines, in turns; who was served goes to the end of the round. */
function takeBatch(lines: Lines): Posting[] {
  const { taken } = takeFitting(inTurns(lines), batchSize, ([, posting]) => weighPosting(posting))
  const counts = Map.groupBy(taken, ([address]) => address)
  for (const [address, { length }] of counts) {
    const line = lines.get(address) ?? []
    lines.delete(address)
    if (line.length > length) lines.set(address, line.slice(length))
  }
  return taken.map(([, posting]) => posting)
}

function* inTurns(lines: Lines): Generator<[address: string, posting: Posting]> {
  for (let n = 0, isMore = true; isMore; n += 1) {
    isMore = false
    for (const [address, line] of lines) {
      const posting = line[n]
      if (posting === undefined) continue
      isMore = true
      yield [address, posting]
    }
  }
}

/** Before it is stored only the number of its files is known, and whether it has a quote. */
function weighPosting({ message: { content, attachments, replyTo } }: Posting): number {
  const quote = replyTo === null ? 0 : quoteUnitsMax
  return weighText(content) + attachments.length * fileUnitsMax + quote
}

async function flush(chat: Chat, batch: Posting[]): Promise<void> {
  const outcomes = await append(chat, batch)
  // The senders get their answers even if publishing fails.
  try {
    if (chat.nodes === null) await publishGroups(chat, outcomes)
    publish(chat, outcomes)
  } catch (fault) {
    chat.log('publish.failed', { fault: faultOf(fault) })
  }
  // A broken socket of one sender must not keep the others from their answers.
  const give = guard(chat.log, 'answer', ({ message, answer }: Posting, index: number) => {
    const outcome = outcomes[index]
    if (outcome !== undefined) answer(toAnswer(outcome, message))
  })
  for (const [index, posting] of batch.entries()) give(posting, index)
}

async function append(chat: Chat, batch: Posting[]): Promise<(AppendOutcome | StorageFailure)[]> {
  try {
    chat.requireSpace()
    const messages = batch.map(({ message }) => withMentions(chat, message))
    return await chat.store.messages.append(await Promise.all(messages))
  } catch (fault) {
    chat.log('append.failed', { size: batch.length, fault: faultOf(fault) })
    const problem = toProblem(fault)
    const code = problem?.code ?? 'storage_failed'
    // Nothing of the batch was stored, so all of it may be sent again.
    const retryMs = problem?.retryMs ?? serverLimits.storageRetryMs
    return batch.map(() => ({ status: 'refused', code, retryMs }))
  }
}

type StorageFailure = { status: 'refused'; code: ProblemCode; retryMs: number }

/** Stores names after an @ as ids, so that they mean the same people after a rename. */
function withMentions(chat: Chat, message: NewMessage): NewMessage | Promise<NewMessage> {
  // Most messages mention nobody, and a promise for each is measurable in a batch.
  if (!anyAt.test(message.content)) return message
  return findMentions(chat, message).then((mentions) => ({ ...message, mentions }))
}

function publish(chat: Chat, outcomes: (AppendOutcome | StorageFailure)[]): void {
  const fresh = outcomes.flatMap((outcome) =>
    outcome.status === 'accepted' && !outcome.repeat ? [outcome] : [],
  )
  for (const [room, those] of Map.groupBy(fresh, ({ message }) => message.room)) {
    const messages = those.map(({ message }) => message)
    const members = those[0]?.members
    const areSame = those.every((one) => one.members === members)
    if (messages[0]?.seq === 1) publishConversation(chat, messages[0])
    chat.publishChanges(
      spanOf(room, messages, areSame ? members : undefined),
      {
        html: () => messages.map((message) => liveRow(message, chat.paths)).join(''),
        json: () => JSON.stringify(messages.map((message) => toEvent(message))),
      },
      messages.map(({ sender }) => sender.id),
    )
    chat.push?.tell(room, messages)
  }
}

/** With its first message a group conversation appears for all of its people. */
async function publishGroups(
  chat: Chat,
  outcomes: (AppendOutcome | StorageFailure)[],
): Promise<void> {
  for (const outcome of outcomes) {
    if (outcome.status !== 'accepted' || outcome.begins === undefined) continue
    const { room } = outcome.message
    for (const user of outcome.begins) {
      chat.subscribeUser(user, room)
      await publishOwn(chat, user, room)
    }
  }
}

/** With its first message a private conversation appears for both people. */
function publishConversation(chat: Chat, { recipient, room, sender }: Message): void {
  if (recipient === null || chat.nodes !== null) return
  const pairs: [User, User][] = [
    [sender, recipient],
    [recipient, sender],
  ]
  for (const [reader, other] of pairs) {
    chat.subscribeUser(reader.id, room)
    const summary = newDirectRoom(room, reader, other)
    chat.publish({ user: reader.id }, asPublication({ type: 'room', room: summary }))
  }
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

export function toAccepted({ room, clientId, seq, revision, createdAt }: Accepted): AcceptedEvent {
  const timestamp = new Date(createdAt).toISOString()
  return { type: 'accepted', client_id: clientId, room, seq, revision, timestamp }
}
