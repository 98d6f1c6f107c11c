import { Hono } from 'hono'
import { spendOnMessage } from '../../server/rate-limits'
import { problemSentence } from '../../server/problem-sentence'
import { deleteMessage, editMessage, setReaction } from '../../chat/messages/change-message'
import { parseEmoji, problemOfText } from '../../chat/messages/parse-message'
import type { PostAnswer } from '../../chat/messages/post-message'
import { ChatError } from '../../server/errors'
import type { Room } from '../../store/store'
import { readForm, readJson } from '../bodies'
import { goOn, speaksJson, type WebContext, type WebEnv, type WebNeeds } from '../context'
import { requireVisitor } from '../middleware/identity'
import { setRetryAfter } from '../middleware/problems'
import { parseId, requireRoom, sendRoom } from './rooms'

/** Changing, taking back and reacting by plain forms and by scripts without a socket. */
export function messageChangeRoutes(needs: WebNeeds): Hono<WebEnv> {
  const { chat } = needs
  return new Hono<WebEnv>()
    .post('/rooms/:id/messages/:seq', async (c) => {
      const wish = await readWish(needs, c)
      const content = String(wish.fields.get('content') ?? '')
      const problem = problemOfText(content)
      if (problem !== null) return refuseEdit(needs, c, wish, content, new ChatError(problem))
      const answer = await editMessage(chat, wish.user, { ...wish.place, content })
      return answerChange(c, answer, chat.paths.message(wish.room.id, wish.place.seq))
    })
    .post('/rooms/:id/messages/:seq/delete', async (c) => {
      const { room, place, user } = await readWish(needs, c)
      const answer = await deleteMessage(chat, user, place)
      return answerChange(c, answer, chat.paths.room(room.id))
    })
    .post('/rooms/:id/messages/:seq/reactions', async (c) => {
      const { room, place, user, fields } = await readWish(needs, c)
      const emoji = parseEmoji(fields.get('emoji'))
      if (emoji === null) throw new ChatError('emoji_unknown')
      const isActive = fields.get('active') ?? !(await hasReacted(needs, room, place, user, emoji))
      if (typeof isActive !== 'boolean') throw new ChatError('bad_request')
      const answer = await setReaction(chat, user, { ...place, emoji, isActive })
      return answerChange(c, answer, chat.paths.message(room.id, place.seq))
    })
}

type Wish = {
  room: Room
  user: number
  place: { room: number; seq: number; clientId: string }
  fields: Map<string, unknown>
}

async function readWish(needs: WebNeeds, c: WebContext): Promise<Wish> {
  const visitor = requireVisitor(c)
  const room = await requireRoom(needs, c, visitor)
  const seq = parseId(c.req.param('seq'))
  if (seq === null) throw new ChatError('message_missing')
  const fields = speaksJson(c) ? await readJson(c) : await readForm(c)
  const content = String(fields.get('content') ?? '')
  const retryMs = spendOnMessage(needs.spend, visitor, content)
  if (retryMs > 0) throw new ChatError('too_many', retryMs)
  return { room, user: visitor.user.id, place: { room: room.id, seq, clientId: '' }, fields }
}

/** A form has one button per emoji, which sets it or takes it back. */
async function hasReacted(
  { chat }: WebNeeds,
  room: Room,
  { seq }: Wish['place'],
  user: number,
  emoji: string,
): Promise<boolean> {
  const [message] = await chat.store.messages.before(room, seq + 1, 1)
  const reactions = message?.seq === seq ? message.reactions : []
  return reactions.some((one) => one.emoji === emoji && one.people.some(({ id }) => id === user))
}

function answerChange(c: WebContext, answer: PostAnswer, path: string): Response {
  if (answer.type === 'refused') throw new ChatError(answer.code, answer.retryMs)
  return goOn(c, path, answer)
}

/** The text comes back in its own form, with the reason. */
function refuseEdit(
  needs: WebNeeds,
  c: WebContext,
  { room, place }: Wish,
  content: string,
  refusal: ChatError,
): Response | Promise<Response> {
  if (speaksJson(c)) throw refusal
  const visitor = requireVisitor(c)
  const problem = problemSentence(visitor.language, refusal.code)
  c.status(refusal.status)
  setRetryAfter(c, refusal)
  return sendRoom(needs, c, visitor, room, {
    place: { around: place.seq },
    refused: { content, problem },
  })
}
