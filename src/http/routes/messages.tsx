import { Hono } from 'hono'
import { MessageRow } from '../../../views/messages/message'
import { NewerMessages, OlderMessages } from '../../../views/messages/timeline'
import type { Visitor } from '../../chat/chat'
import { isObsolete } from '../../chat/messages/catch-up'
import { parseId } from '../../shared/paths'
import {
  type ChangeAnswer,
  deleteMessage,
  editMessage,
  setReaction,
} from '../../chat/messages/change-message'
import { toEvent } from '../../chat/messages/events'
import { parseCount, parseEdit, parseEmoji, parseMessage } from '../../chat/messages/parse-message'
import type { PostAnswer } from '../../chat/messages/post-message'
import { ChatError } from '../../server/errors'
import { chargeForChange, consumeForMessage } from '../../server/rate-limits'
import { serverLimits } from '../../server/limits'
import { limits } from '../../shared/limits'
import type { Room } from '../../store/store'
import { readMessageFields, readSentMessage, textOf } from '../bodies'
import {
  type HttpContext,
  type HttpDeps,
  type HttpEnv,
  isHtmx,
  sendsJson,
  wantsJson,
} from '../context'
import { requireRoom, requireVisitor } from '../middleware/identity'
import { redirectTo, sendHtml, setProblem } from '../pages'
import { around, readCursor, readPage, sendRoom } from './rooms'

/** The most rows that a script may ask for at once. */
const historyPageRowsMax = 200
/** Their size (store/fitting.ts): as many of the longest messages. */
const historyUnitsMax = 2 * 1024 * 1024

/** Reading back and catching up; posting, editing, deleting and reacting without a socket. */
export function messageRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const { chat } = deps
  return new Hono<HttpEnv>()
    .get('/rooms/:id/messages', (c) => sendHistory(deps, c))
    .get('/rooms/:id/changes', (c) => sendChanges(deps, c))
    .post('/rooms/:id/messages', (c) => receivePost(deps, c))
    .post('/rooms/:id/messages/:seq', (c) => receiveEdit(deps, c))
    .post('/rooms/:id/messages/:seq/delete', async (c) => {
      const { room, target, visitor } = await readChange(deps, c)
      const { answer } = await deleteMessage(chat, visitor.user.id, target)
      return redirectTo(c, chat.paths.room(room.id), acceptedOf(answer))
    })
    .post('/rooms/:id/messages/:seq/reactions', async (c) => {
      const change = await readChange(deps, c)
      const { room, target, visitor, fields } = change
      const emoji = parseEmoji(fields.get('emoji'))
      if (emoji === null) throw new ChatError('emoji_unknown')
      const isActive = fields.get('active') ?? !(await hasReacted(deps, change, emoji))
      if (typeof isActive !== 'boolean') throw new ChatError('bad_request')
      const reaction = { ...target, emoji, isActive }
      const accepted = charged(deps, change, await setReaction(chat, visitor.user.id, reaction))
      return redirectTo(c, chat.paths.message(room.id, target.seq), accepted)
    })
}

async function sendHistory(deps: HttpDeps, c: HttpContext): Promise<Response> {
  const { visitor, room } = await requireRoom(deps, c)
  const cursor = readCursor(c)
  // Rendering is expensive, JSON is not.
  const units = wantsJson(c) ? historyUnitsMax : serverLimits.pageUnitsMax
  const size = { rows: readLimit(c), units }
  const page = await readPage(deps, room, visitor.user, cursor, size)
  if (wantsJson(c)) return c.json({ messages: page.messages.map((row) => toEvent(row)) })
  const props = { view: c.get('view'), room, reader: visitor.user, ...page }
  return sendHtml(
    c,
    cursor.before === undefined ? <NewerMessages {...props} /> : <OlderMessages {...props} />,
  )
}

/** `?limit=N`, at most what a script may ask for. Throws `bad_request`. */
export function readLimit(c: HttpContext, usual: number = limits.historyPageRows): number {
  const limit = parseId(c.req.query('limit') ?? String(usual))
  if (limit === null) throw new ChatError('bad_request')
  return Math.min(limit, historyPageRowsMax)
}

async function sendChanges(deps: HttpDeps, c: HttpContext): Promise<Response> {
  const { paths, store } = deps.chat
  const { room } = await requireRoom(deps, c)
  const text = c.req.query('after') ?? '0'
  if (!/^\d{1,15}$/.test(text)) throw new ChatError('bad_request')
  const after = Number(text)
  const { epoch } = store
  if (isObsolete(deps.chat, c.req.query('epoch') ?? epoch, room.revision, after)) {
    return c.json({ epoch, revision: room.revision, events: [], more: false, reload: true })
  }
  const { messages, revision, more } = await store.messages.changesAfter(
    room,
    after,
    serverLimits.catchUpRows,
    serverLimits.catchUpUnitsMax,
  )
  if (!wantsJson(c) && isHtmx(c)) {
    return sendHtml(
      c,
      messages
        .filter(({ deletedAt, system }) => (deletedAt ?? system) === null)
        .map((message) => String(<MessageRow message={message} paths={paths} follows={false} />))
        .join(''),
    )
  }
  const events = messages.map((message) => toEvent(message, after))
  return c.json({ epoch, revision, events, more })
}

async function receivePost(deps: HttpDeps, c: HttpContext): Promise<Response> {
  const first = await requireRoom(deps, c)
  const { fields, problem } = await readSentMessage(deps, c, first.visitor)
  const { visitor, room } = await requireRoom(deps, c)
  try {
    if (problem !== null) throw problem
    const accepted = await post(deps, visitor, room, fields)
    if (sendsJson(c)) return c.json(accepted, 201)
    return c.redirect(`${deps.chat.paths.room(room.id)}#composer`, 303)
  } catch (refusal) {
    if (sendsJson(c) || !(refusal instanceof ChatError)) throw refusal
    // The text comes back in the composer, with the reason.
    const unsent = { content: textOf(fields, 'content'), problem: setProblem(c, refusal) }
    const replyTo = parseCount(fields.get('reply_to'))
    const cursor = replyTo === null ? { before: null } : around(replyTo)
    const now = await requireRoom(deps, c)
    return sendRoom(deps, c, now.visitor, now.room, { unsent, cursor })
  }
}

/** Posts a message and waits for its commit. Throws the ChatError of a refusal. */
async function post(
  { postMessage, rateLimits }: HttpDeps,
  visitor: Visitor,
  room: Room,
  fields: Map<string, unknown>,
): Promise<PostAnswer & { type: 'accepted' }> {
  const message = parseMessage(fields)
  if ('code' in message) throw new ChatError(message.code)
  consumeForMessage(rateLimits, visitor, message.content)
  const { promise, resolve } = Promise.withResolvers<PostAnswer>()
  postMessage({ ...message, room: room.id }, visitor, resolve)
  return acceptedOf(await promise)
}

async function receiveEdit(deps: HttpDeps, c: HttpContext): Promise<Response> {
  const change = await readChange(deps, c)
  const { fields, room, target, visitor } = change
  const edit = parseEdit(fields)
  if ('code' in edit) return refuseEdit(deps, c, change, new ChatError(edit.code))
  const answer = await editMessage(deps.chat, visitor.user.id, { ...target, ...edit })
  if (answer.answer.type === 'refused' && answer.answer.code === 'message_empty')
    return refuseEdit(deps, c, change, new ChatError('message_empty'))
  const accepted = charged(deps, change, answer)
  return redirectTo(c, deps.chat.paths.message(room.id, target.seq), accepted)
}

function acceptedOf(answer: PostAnswer): PostAnswer & { type: 'accepted' } {
  if (answer.type === 'accepted') return answer
  throw new ChatError(answer.code, answer.retryMs)
}

/** Charges a change to its author; gives the answer, or throws its refusal. */
function charged({ rateLimits }: HttpDeps, change: Change, { answer, units }: ChangeAnswer) {
  const content = textOf(change.fields, 'content')
  chargeForChange(rateLimits, change.visitor, { content, units })
  return acceptedOf(answer)
}

/** A request to change one message. */
type Change = {
  visitor: Visitor
  room: Room
  target: { room: number; seq: number; clientId: string }
  fields: Map<string, unknown>
}

async function readChange(deps: HttpDeps, c: HttpContext): Promise<Change> {
  const seq = parseId(c.req.param('seq'))
  if (seq === null) throw new ChatError('message_missing')
  requireVisitor(c)
  const fields = await readMessageFields(c)
  const { visitor, room } = await requireRoom(deps, c)
  consumeForMessage(deps.rateLimits, visitor, textOf(fields, 'content'))
  return { visitor, room, target: { room: room.id, seq, clientId: '' }, fields }
}

/** A form has one button per emoji, which sets the reaction or takes it back. */
async function hasReacted(
  { chat }: HttpDeps,
  { visitor, room, target: { seq } }: Change,
  emoji: string,
): Promise<boolean> {
  const [message] = await chat.store.messages.before(room, seq + 1, 1)
  const reactions = message?.seq === seq ? message.reactions : []
  const user = visitor.user.id
  return reactions.some((one) => one.emoji === emoji && one.people.some(({ id }) => id === user))
}

/** Answers with the text in its own form, and the reason. */
function refuseEdit(
  deps: HttpDeps,
  c: HttpContext,
  { fields, room, target, visitor }: Change,
  refusal: ChatError,
): Promise<Response> {
  if (sendsJson(c)) throw refusal
  const content = textOf(fields, 'content')
  const refused = { content, problem: setProblem(c, refusal) }
  return sendRoom(deps, c, visitor, room, { cursor: around(target.seq), refused })
}
