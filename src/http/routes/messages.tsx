import { Hono } from 'hono'
import { MessageRow } from '../../../views/messages/message'
import { NewerMessages, OlderMessages } from '../../../views/messages/timeline'
import { spendOnMessage } from '../../server/rate-limits'
import { problemSentence } from '../../server/problem-sentence'
import type { Visitor } from '../../chat/chat'
import { isObsolete } from '../../chat/messages/catch-up'
import { toEvent } from '../../chat/messages/events'
import { parseMessage } from '../../chat/messages/parse-message'
import type { PostAnswer } from '../../chat/messages/post-message'
import { ChatError } from '../../server/errors'
import { serverLimits } from '../../server/limits'
import type { Room } from '../../store/store'
import { readForm, readJson } from '../bodies'
import { readFormWithFiles, type SentForm } from '../form-files'
import {
  isMultipart,
  sendHtml,
  speaksJson,
  type WebContext,
  type WebEnv,
  type WebNeeds,
  wantsJson,
} from '../context'
import { requireVisitor } from '../middleware/identity'
import { setRetryAfter } from '../middleware/problems'
import { readPage, readPlace, requireRoom, sendRoom } from './rooms'
import { limits } from '../../shared/limits'

/** The most rows a script may ask for at once. */
const historyPageRowsMax = 200

/** Reading back, catching up, and posting without a socket. */
export function messageRoutes(needs: WebNeeds): Hono<WebEnv> {
  return new Hono<WebEnv>()
    .get('/rooms/:id/messages', async (c) => {
      const visitor = requireVisitor(c)
      const room = await requireRoom(needs, c, visitor)
      const place = readPlace(c)
      // Drawing is dear; JSON is not.
      const units = wantsJson(c) ? Number.POSITIVE_INFINITY : serverLimits.pageUnitsMax
      const size = { rows: readLimit(c), units }
      const page = await readPage(needs, room, visitor.user, place, size)
      if (wantsJson(c)) return c.json({ messages: page.messages.map((row) => toEvent(row)) })
      const props = { view: c.get('view'), room, reader: visitor.user, ...page }
      const isNewer = place !== null && 'after' in place
      return sendHtml(c, isNewer ? <NewerMessages {...props} /> : <OlderMessages {...props} />)
    })
    .get('/rooms/:id/changes', async (c) => sendChanges(needs, c))
    .post('/rooms/:id/messages', async (c) => receivePost(needs, c))
}

/** `?limit=N`, never more than a script may ask for. Throws `bad_request`. */
export function readLimit(c: WebContext, usual: number = limits.historyPageRows): number {
  const text = c.req.query('limit') ?? String(usual)
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new ChatError('bad_request')
  return Math.min(Number(text), historyPageRowsMax)
}

async function sendChanges(needs: WebNeeds, c: WebContext): Promise<Response> {
  const { paths, store } = needs.chat
  const room = await requireRoom(needs, c, requireVisitor(c))
  const text = c.req.query('after') ?? '0'
  if (!/^\d{1,15}$/.test(text)) throw new ChatError('bad_request')
  const after = Number(text)
  const { epoch } = store
  if (isObsolete(needs.chat, c.req.query('epoch') ?? epoch, room.revision, after)) {
    return c.json({ epoch, revision: room.revision, events: [], more: false, reload: true })
  }
  const { messages, revision, more } = await store.messages.changesAfter(
    room,
    after,
    serverLimits.catchUpRows,
    serverLimits.catchUpUnitsMax,
  )
  if (!wantsJson(c) && c.req.header('hx-request') === 'true') {
    return sendHtml(
      c,
      messages
        .filter(({ deletedAt }) => deletedAt === null)
        .map((message) => String(<MessageRow message={message} paths={paths} follows={false} />))
        .join(''),
    )
  }
  const events = messages.map((message) => toEvent(message, after))
  return c.json({ epoch, revision, events, more })
}

async function receivePost(needs: WebNeeds, c: WebContext): Promise<Response> {
  const { paths } = needs.chat
  const visitor = requireVisitor(c)
  const room = await requireRoom(needs, c, visitor)
  const isJson = speaksJson(c)
  const { fields, problem: missed } = await readSent(needs, c, visitor)
  const answer =
    missed === null
      ? await post(needs, visitor, room, fields)
      : { type: 'refused' as const, code: missed.code, ...retryOf(missed) }
  if (answer.type === 'accepted') {
    return isJson ? c.json(answer, 201) : c.redirect(`${paths.room(room.id)}#composer`, 303)
  }
  if (isJson) throw new ChatError(answer.code, answer.retryMs)
  // Nothing is lost: the text comes back in the composer, with the reason.
  const problem = problemSentence(visitor.language, answer.code)
  const refusal = new ChatError(answer.code, answer.retryMs)
  c.status(refusal.status)
  setRetryAfter(c, refusal)
  const unsent = { content: String(fields.get('content')), problem }
  const replyTo = fields.get('reply_to')
  const place = typeof replyTo === 'number' && replyTo > 0 ? { around: replyTo } : null
  return sendRoom(needs, c, visitor, room, { unsent, place })
}

async function readSent(needs: WebNeeds, c: WebContext, visitor: Visitor): Promise<SentForm> {
  if (isMultipart(c)) return readFormWithFiles(needs, c, visitor)
  return { fields: speaksJson(c) ? await readJson(c) : await readForm(c), problem: null }
}

function retryOf({ retryMs }: ChatError): { retryMs?: number } {
  return retryMs === undefined ? {} : { retryMs }
}

async function post(
  { postMessage, spend }: WebNeeds,
  visitor: Visitor,
  room: Room,
  fields: Map<string, unknown>,
): Promise<PostAnswer> {
  const message = parseMessage(fields)
  if ('code' in message) return { type: 'refused', code: message.code }
  const retryMs = spendOnMessage(spend, visitor, message.content)
  if (retryMs > 0) return { type: 'refused', code: 'too_many', retryMs }
  const { promise, resolve } = Promise.withResolvers<PostAnswer>()
  postMessage({ ...message, room: room.id, author: visitor.user.id }, resolve)
  return promise
}
