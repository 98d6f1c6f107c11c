import { Hono } from 'hono'
import { SignIn, SignInPage } from '../../../views/people/sign-in'
import { problemSentence } from '../../server/problem-sentence'
import type { Chat } from '../../chat/chat'
import { freeNicknames, signIn, signOut } from '../../chat/people/sign-in'
import { ChatError } from '../../server/errors'
import { storageProblem } from '../../server/storage-problem'
import { goOn, sendHtml, sendPage, type WebContext, type WebEnv, type WebNeeds } from '../context'
import { parseForm } from '../forms'
import { clearSession, requireVisitor, setSession } from '../middleware/identity'
import { forgetPreferences } from './preferences'
import { setRetryAfter } from '../middleware/problems'

/** Coming in and going out. */
export function sessionRoutes({ chat, spend }: WebNeeds): Hono<WebEnv> {
  return new Hono<WebEnv>()
    .post('/session', async (c) => {
      const form = await readSignIn(c)
      try {
        const retryMs = spend('joins', c.get('address'))
        if (retryMs > 0) throw new ChatError('joins_too_many', retryMs)
        const { user, token } = await signIn(chat, form, currentOf(c))
        setSession(c, chat, token)
        return goOn(c, await firstPage(chat, user.id, form.room))
      } catch (thrown) {
        const problem = thrown instanceof ChatError ? thrown : storageProblem(thrown)
        if (problem === null) throw thrown
        return answerRefusal(chat, c, form, problem)
      }
    })
    .post('/session/end', async (c) => {
      const visitor = requireVisitor(c)
      const tokenHash = c.get('tokenHash')
      if (tokenHash !== null) await signOut(chat, visitor, tokenHash)
      clearSession(c, chat)
      const isOwn = await isOwnComputer(c)
      if (!isOwn) forgetPreferences(c, chat)
      c.header('Clear-Site-Data', siteData(c, isOwn))
      return goOn(c, chat.paths.home())
    })
}

type SignInForm = { nickname: string; avatar: string; picture: string; room: number | null }

/**
 * What the browser is asked to throw away. Over plain HTTP it does not listen, and yet, when it is
 * asked for cookies, Chromium ignores those that the same answer sets: they are taken by name then.
 */
function siteData(c: WebContext, isOwn: boolean): string {
  if (isOwn) return '"cache"'
  return c.get('isSecure') ? '"cache", "cookies", "storage"' : '"cache", "storage"'
}

/** The page asks; whoever was not asked leaves nothing behind. */
async function isOwnComputer(c: WebContext): Promise<boolean> {
  if (!(c.req.header('content-type') ?? '').includes('form')) return false
  const form = await parseForm(c)
  return form.has('asked') && !form.has('shared')
}

async function readSignIn(c: WebContext): Promise<SignInForm> {
  const form = await parseForm(c)
  const room = Number(form.get('room'))
  return {
    nickname: form.get('suggestion') ?? form.get('nickname') ?? '',
    avatar: chosenAvatar(form),
    picture: form.get('picture') ?? '',
    room: Number.isSafeInteger(room) && room > 0 ? room : null,
  }
}

/** A browser remembers that there was a picture, but may have lost it. */
function chosenAvatar(form: Map<string, string>): string {
  const avatar = form.get('avatar') ?? 'letter'
  return avatar === 'picture' && (form.get('picture') ?? '') === '' ? 'letter' : avatar
}

function currentOf(c: WebContext) {
  const visitor = c.get('visitor')
  const tokenHash = c.get('tokenHash')
  return visitor === null || tokenHash === null ? null : { user: visitor.user, tokenHash }
}

/** The room the person was on the way to, when it is theirs; else the front door. */
async function firstPage(chat: Chat, userId: number, roomId: number | null): Promise<string> {
  const room = roomId === null ? null : await chat.store.rooms.find(userId, roomId)
  return room === null ? chat.paths.home() : chat.paths.room(room.id)
}

async function answerRefusal(
  chat: Chat,
  c: WebContext,
  typed: SignInForm,
  problem: ChatError,
): Promise<Response> {
  const view = c.get('view')
  const form = {
    // A name of any length was typed; a page need not carry all of it back.
    ...typed,
    nickname: typed.nickname.slice(0, 200),
    problem: problemSentence(view.language, problem.code),
    suggestions: problem.code === 'name_taken' ? await freeNicknames(chat, typed.nickname) : [],
  }
  c.status(problem.status)
  setRetryAfter(c, problem)
  return c.req.header('hx-request') === 'true'
    ? sendHtml(c, <SignIn view={view} form={form} />)
    : sendPage(c, <SignInPage view={view} form={form} />)
}
