import { Hono } from 'hono'
import { SignIn, SignInPage } from '../../../views/people/sign-in'
import type { Chat } from '../../chat/chat'
import { freeNicknames, signIn, signOut } from '../../chat/people/account'
import { parseId } from '../../shared/paths'
import { type ChatError, toProblem } from '../../server/errors'
import type { RateLimits } from '../../server/rate-limits'
import type { User } from '../../store/store'
import { readForm } from '../bodies'
import { type HttpContext, type HttpDeps, type HttpEnv, isHtmx } from '../context'
import { clearBrowserCookies, clearSession, noteLogOut, setSession } from '../cookies'
import { identifyAgain, requireVisitor } from '../middleware/identity'
import { redirectTo, sendHtml, sendPage, setProblem } from '../pages'

/** Signing in and signing out. */
export function sessionRoutes({ chat, rateLimits }: HttpDeps): Hono<HttpEnv> {
  return new Hono<HttpEnv>()
    .post('/session', async (c) => {
      const form = await readSignIn(c)
      try {
        await identifyAgain(chat, c)
        const { user, token } = await limitJoins(rateLimits, c, form, () =>
          signIn(chat, form, currentSession(c)),
        )
        setSession(c, chat, token)
        return redirectTo(c, await landingPath(chat, user.id, form.room))
      } catch (thrown) {
        const problem = toProblem(thrown)
        if (problem === null) throw thrown
        return answerRefusal(chat, c, form, problem)
      }
    })
    .post('/session/end', async (c) => {
      const { user } = requireVisitor(c)
      const tokenHash = c.get('tokenHash')
      if (tokenHash !== null) await signOut(chat, user, tokenHash)
      clearSession(c, chat)
      const isOwn = await isOwnComputer(c)
      if (!isOwn) {
        clearBrowserCookies(c, chat)
        noteLogOut(c, chat)
      }
      c.header('Clear-Site-Data', siteData(chat, isOwn))
      return redirectTo(c, chat.paths.home())
    })
}

/**
 * A join that succeeds is charged to the address; a refused one has a looser limit of its own, so
 * that nobody keeps newcomers out with names that are taken. Pictures are decoded before a refusal,
 * so they are charged in advance.
 */
async function limitJoins<Joined extends { user: User }>(
  { consume, charge }: RateLimits,
  c: HttpContext,
  { picture }: SignInForm,
  join: () => Promise<Joined>,
): Promise<Joined> {
  const address = c.get('address')
  const known = c.get('visitor')?.user.id
  const tooMany = { code: 'joins_too_many' } as const
  if (picture !== '') consume('refusals', address, tooMany)
  consume('joins', address, tooMany)
  try {
    const joined = await join()
    if (picture !== '') charge('refusals', address, -1)
    if (joined.user.id === known) charge('joins', address, -1)
    return joined
  } catch (refusal) {
    charge('joins', address, -1)
    if (picture === '') consume('refusals', address, tooMany)
    throw refusal
  }
}

type SignInForm = { nickname: string; avatar: string; picture: string; room: number | null }

async function readSignIn(c: HttpContext): Promise<SignInForm> {
  const form = await readForm(c)
  const picture = form.get('picture') ?? ''
  const avatar = form.get('avatar') ?? 'letter'
  return {
    nickname: form.get('suggestion') ?? form.get('nickname') ?? '',
    // A browser remembers that there was a picture, but may have lost it.
    avatar: avatar === 'picture' && picture === '' ? 'letter' : avatar,
    picture,
    room: parseId(form.get('room')),
  }
}

function currentSession(c: HttpContext) {
  const visitor = c.get('visitor')
  const tokenHash = c.get('tokenHash')
  return visitor === null || tokenHash === null ? null : { user: visitor.user, tokenHash }
}

/** The room that the user wanted to see, when they are in it; else the start page. */
async function landingPath(chat: Chat, userId: number, roomId: number | null): Promise<string> {
  const room = roomId === null ? null : await chat.store.rooms.find(userId, roomId)
  return room === null ? chat.paths.home() : chat.paths.room(room.id)
}

async function answerRefusal(
  chat: Chat,
  c: HttpContext,
  typed: SignInForm,
  problem: ChatError,
): Promise<Response> {
  const view = c.get('view')
  const form = {
    ...typed,
    // A typed name may be of any length; the page need not repeat all of it.
    nickname: typed.nickname.slice(0, 200),
    problem: setProblem(c, problem),
    suggestions: problem.code === 'name_taken' ? await freeNicknames(chat, typed.nickname) : [],
  }
  return isHtmx(c)
    ? sendHtml(c, <SignIn view={view} form={form} />)
    : sendPage(c, <SignInPage view={view} form={form} />)
}

/** Whether the page asked, and the answer was "my own computer". */
async function isOwnComputer(c: HttpContext): Promise<boolean> {
  if (!(c.req.header('content-type') ?? '').includes('form')) return false
  const form = await readForm(c)
  return form.has('asked') && !form.has('shared')
}

/**
 * The value of Clear-Site-Data, which browsers ignore over plain HTTP. "cookies" would log people
 * out of every site of the domain, and "storage" would take that of other servers under this
 * origin: there the script deletes what is ours.
 */
function siteData({ paths }: Chat, isOwn: boolean): string {
  return isOwn || paths.base !== '/' ? '"cache"' : '"cache", "storage"'
}
