import { Hono } from 'hono'
import { type Place, SignIn, SignInPage } from '../../../views/people/sign-in'
import type { Chat } from '../../chat/chat'
import { freeNicknames, leave, moveSession, signIn, signOut } from '../../chat/people/account'
import { askToComeIn, findInvitation, isLinkToken, readPass } from '../../chat/people/door'
import { recover, skeletonOf } from '../../chat/people/recovery'
import { ChatError, toProblem } from '../../server/errors'
import type { RateLimits } from '../../server/rate-limits'
import { hashToken } from '../../server/session-token'
import type { DoorLink, User } from '../../store/store'
import { readForm } from '../bodies'
import { type HttpContext, type HttpDeps, type HttpEnv, isHtmx, wantsJson } from '../context'
import {
  askForCookie,
  clearBrowserCookies,
  clearPlainSession,
  clearSession,
  keepCookie,
  keepRequest,
  noteLogOut,
  readOwnerLink,
  readPlainToken,
  readRequest,
  setSession,
} from '../cookies'
import { deviceOf } from '../device'
import { currentSession, identifyAgain, requireSession } from '../middleware/identity'
import { limitGuesses } from '../guesses'
import { enterPlace, findPlace, pathOf, placeOf } from '../place'
import { redirectTo, sendHtml, sendPage, setProblem } from '../pages'

/** The way in, signing in and signing out. */
export function sessionRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const { chat, rateLimits } = deps
  return new Hono<HttpEnv>()
    .post('/session', async (c) => {
      const form = await readSignIn(chat, c)
      try {
        const question = askForCookie(c, chat)
        if (question !== null) return question
        await identifyAgain(chat, c)
        if (form.code !== null) return await comeBack(deps, c, { ...form, code: form.code })
        const browser = { device: deviceOf(c, chat), current: currentSession(c) }
        const ownerLink = readOwnerLink(c, chat)
        const shown = { ...form, ownerLink }
        const { user, token } = await limitJoins(rateLimits, c, form, () =>
          signIn(chat, form, browser, () =>
            readPass(chat, shown, c.get('address'), limitGuesses(deps, c)),
          ),
        )
        setSession(c, chat, { user, token })
        const path = await enterPlace(chat, user, form.place)
        return redirectTo(c, ownerLink === null ? path : chat.paths.owner(ownerLink))
      } catch (thrown) {
        const problem = toProblem(thrown)
        if (problem === null) throw thrown
        if (problem.code === 'must_ask') return ask(deps, c, form)
        return answerRefusal(deps, c, form, problem)
      }
    })
    .post('/session/continue', async (c) => {
      const form = await readForm(c)
      const place = await findPlace(chat, form.get('room'), form.get('seq'))
      const token = c.get('plainUser') === null ? null : readPlainToken(c, chat)
      if (token === null) throw new ChatError('not_signed_in')
      setSession(c, chat, await moveSession(chat, hashToken(token), deviceOf(c, chat)))
      clearPlainSession(c, chat)
      return redirectTo(c, pathOf(chat.paths, place))
    })
    .post('/session/end', async (c) => {
      const session = requireSession(c)
      const form = await readLogOut(c)
      // The page said that there are other devices; if there are none any more, it asks again.
      if (!(await signOut(chat, session, !form.has('others')))) {
        return redirectTo(c, chat.paths.logOut())
      }
      await signOutPlain(chat, c, session.user)
      return clearBrowser(chat, c, form.has('asked') && !form.has('shared'))
    })
    .post('/session/leave', async (c) => {
      const { tokenHash } = requireSession(c)
      const form = await readLogOut(c)
      if (!form.has('sure')) throw new ChatError('bad_request')
      await leave(chat, tokenHash)
      return clearBrowser(chat, c, false)
    })
}

/** The same person may have a session over plain HTTP, too: nobody thinks of that at a log-out. */
async function signOutPlain(chat: Chat, c: HttpContext, { id }: User): Promise<void> {
  const token = readPlainToken(c, chat)
  if (token === null) return
  const tokenHash = hashToken(token)
  const user = await chat.store.sessions.findUser(tokenHash)
  if (user?.id !== id) return
  await signOut(chat, { user, tokenHash }, true)
  clearPlainSession(c, chat)
}

/** Answers a log-out; on a browser that is not the person's own nothing of them stays. */
function clearBrowser(chat: Chat, c: HttpContext, isOwn: boolean): Response {
  clearSession(c, chat)
  if (!isOwn) {
    clearBrowserCookies(c, chat)
    noteLogOut(c, chat)
  }
  c.header('Clear-Site-Data', siteData(chat, isOwn))
  return redirectTo(c, chat.paths.home())
}

/** Signs somebody in with a recovery code, and offers another one, as this one is spent. */
async function comeBack(
  { chat, rateLimits }: HttpDeps,
  c: HttpContext,
  typed: { nickname: string; code: string; place: Place | null },
): Promise<Response> {
  const address = c.get('address')
  const name = `name ${skeletonOf(typed.nickname)}`
  // The address first, and ten times as many for the name: nobody keeps another one out.
  rateLimits.consume('recoveries', address)
  rateLimits.consume('recoveries', name, { times: 10 })
  const browser = { device: deviceOf(c, chat), current: currentSession(c), address }
  const back = await recover(chat, typed, browser)
  rateLimits.charge('recoveries', address, -1)
  rateLimits.charge('recoveries', name, -1, 10)
  setSession(c, chat, back)
  // The way back to the chat from there.
  const path = await enterPlace(chat, back.user, typed.place)
  if (path !== chat.paths.home()) keepCookie(c, chat, 'room', String(typed.place?.room))
  return redirectTo(c, chat.paths.devices({ back: 'yes' }))
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

/** The link in a form that a link has opened; a code that was typed is read with the rest. */
async function findLink(chat: Chat, invitation: string): Promise<DoorLink | null> {
  if (!isLinkToken(invitation)) return null
  try {
    return await findInvitation(chat, invitation, (work) => work())
  } catch (fault) {
    if (fault instanceof ChatError) return null
    throw fault
  }
}

/** A newcomer asks to come in, and waits. */
async function ask(deps: HttpDeps, c: HttpContext, form: SignInForm): Promise<Response> {
  const { chat, rateLimits } = deps
  const address = c.get('address')
  const { avatar, line } = form
  try {
    rateLimits.consume('joins', address, { code: 'joins_too_many' })
    const typed = { ...form, avatar: avatar === 'picture' ? 'letter' : avatar }
    const replaced = readRequest(c, chat)
    keepRequest(c, chat, await askToComeIn(chat, { typed, line, replaced }, address))
  } catch (thrown) {
    const problem = toProblem(thrown)
    if (problem === null) throw thrown
    return answerRefusal(deps, c, form, problem)
  }
  const { room, seq = null } = form.place ?? {}
  const place = { ...(room && { room: `${room}` }), ...(seq && { seq: `${seq}` }) }
  return redirectTo(c, chat.paths.door(place), { waiting: true })
}

type SignInForm = {
  password: string
  invitation: string
  invitedBy: string | null
  line: string
  nickname: string
  avatar: string
  picture: string
  /** Where they came from. */
  place: Place | null
  /** The recovery code of somebody who comes back; null for somebody new. */
  code: string | null
}

async function readSignIn(chat: Chat, c: HttpContext): Promise<SignInForm> {
  const form = await readForm(c)
  const invitation = form.get('invitation') ?? ''
  const link = await findLink(chat, invitation)
  const picture = form.get('picture') ?? ''
  const avatar = form.get('avatar') ?? 'letter'
  const [suggestion, code] = [form.get('suggestion'), form.get('code') ?? '']
  const comesBack = suggestion === undefined && (code !== '' || form.has('back'))
  return {
    code: comesBack ? code : null,
    nickname: suggestion ?? form.get('nickname') ?? '',
    // A browser remembers that there was a picture, but may have lost it.
    avatar: avatar === 'picture' && picture === '' ? 'letter' : avatar,
    picture,
    password: form.get('password') ?? '',
    invitation,
    invitedBy: link?.by.nickname ?? null,
    line: form.get('line') ?? '',
    place: (link && placeOf(link)) ?? (await findPlace(chat, form.get('room'), form.get('seq'))),
  }
}

const doorProblems = /^(password|invitation|request|requests)_|^(must_ask|too_many|busy|why_long)$/

async function answerRefusal(
  { chat }: Pick<HttpDeps, 'chat'>,
  c: HttpContext,
  typed: SignInForm,
  problem: ChatError,
): Promise<Response> {
  if (wantsJson(c)) throw problem
  const view = c.get('view')
  const form = {
    ...typed,
    // A typed name may be of any length; the page need not repeat all of it.
    nickname: typed.nickname.slice(0, 200),
    invitation: typed.invitation.slice(0, 200),
    line: typed.line.slice(0, 200),
    problem: setProblem(c, problem),
    mayComeBack: typed.code !== null || problem.code === 'name_taken',
    isCodeWrong: typed.code !== null && !/^(name_|cookies_|banned)/.test(problem.code),
    isDoorProblem: typed.code === null && doorProblems.test(problem.code),
    suggestions: problem.code === 'name_taken' ? await freeNicknames(chat, typed.nickname) : [],
  }
  return isHtmx(c)
    ? sendHtml(c, <SignIn view={view} form={form} />)
    : sendPage(c, <SignInPage view={view} form={form} />)
}

/** The fields of a log-out: whether the page asked, and what the answers were. */
async function readLogOut(c: HttpContext): Promise<Map<string, string>> {
  return (c.req.header('content-type') ?? '').includes('form') ? readForm(c) : new Map()
}

/**
 * The value of Clear-Site-Data, which browsers ignore over plain HTTP. "cookies" would log people
 * out of every site of the domain, and "storage" would take that of other servers under this
 * origin: there the script deletes what is ours.
 */
function siteData({ paths }: Chat, isOwn: boolean): string {
  return isOwn || paths.base !== '/' ? '"cache"' : '"cache", "storage"'
}
