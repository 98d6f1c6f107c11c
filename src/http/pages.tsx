import { brotliCompressSync, constants } from 'node:zlib'
import type { Child } from 'hono/jsx'
import type { DoorForm } from '../../views/people/door'
import { PanelPage } from '../../views/page/panel'
import { BannedPage } from '../../views/people/notices'
import { type Place, SignInPage } from '../../views/people/sign-in'
import type { Chat } from '../chat/chat'
import { type ChatError, problemSentence } from '../server/errors'
import type { User } from '../store/store'
import { type HttpContext, isHtmx, type Middleware, wantsJson } from './context'
import { readMarks } from './cookies'

type Markup = { toString: () => string }

/** Answers with a whole page. */
export function sendPage(c: HttpContext, page: Markup): Response {
  return sendHtml(c, { toString: () => `<!doctype html>${page}` })
}

/** Answers with a fragment of a page, and measures how long it took to render. */
export function sendHtml(c: HttpContext, fragment: Markup): Response {
  const startedAt = performance.now()
  const response = render(c, fragment)
  c.set('renderMs', performance.now() - startedAt)
  return response
}

function render(c: HttpContext, fragment: Markup): Response {
  const html = String(fragment)
  const headers = { 'Content-Type': 'text/html; charset=utf-8', Vary: 'Accept-Encoding' }
  const accepted = c.req.header('accept-encoding') ?? ''
  const encoding = ['br', 'gzip'].find((name) => accepted.includes(name))
  if (html.length < compressFromUnits || encoding === undefined) return c.body(html, { headers })
  // A page of fifty messages shrinks to a sixth in less than a millisecond, with either.
  const bytes = encoding === 'br' ? brotliCompressSync(html, brotli) : Bun.gzipSync(html)
  return c.body(new Uint8Array(bytes), { headers: { ...headers, 'Content-Encoding': encoding } })
}

/** As quick as gzip, and a tenth smaller. */
const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }

const compressFromUnits = 1_400

/** Answers with the content of the page's dialog; without a script it is a page of its own. */
export function sendPanel(
  c: HttpContext,
  user: User | null,
  title: string,
  panel: Child,
  { look, renewsIn }: { look?: string; renewsIn?: number | undefined } = {},
): Response {
  if (isHtmx(c)) return sendHtml(c, String(panel))
  return sendPage(
    c,
    <PanelPage view={c.get('view')} user={user} title={title} look={look} renewsIn={renewsIn}>
      {panel}
    </PanelPage>,
  )
}

/** Answers with the sign-in form; `place` is where the reader goes afterwards. */
export function sendSignIn(
  c: HttpContext,
  place: Place | null = null,
  door: Partial<DoorForm> = {},
): Response {
  // A cookie of a session that has ended: a log-out here would have deleted it.
  const isSignedOut = c.get('tokenHash') !== null
  if (isSignedOut) c.header('Clear-Site-Data', '"cache"')
  const form = {
    nickname: '',
    avatar: 'letter',
    picture: '',
    place,
    problem: null,
    mayComeBack: isSignedOut,
    isCodeWrong: false,
    invitation: '',
    invitedBy: null,
    line: '',
    isDoorProblem: false,
    ...door,
    suggestions: [],
  }
  const known = c.get('plainUser')?.nickname
  const page = <SignInPage view={c.get('view')} {...{ form, isSignedOut, known }} />
  return sendPage(c, page)
}

/**
 * Redirects the reader after a change; a script gets `data`. htmx gets a header instead, because it
 * would follow a 303 and swap a whole page into the form.
 */
export function redirectTo(c: HttpContext, path: string, data: object = {}): Response {
  if (wantsJson(c)) return c.json(data)
  if (!isHtmx(c)) return c.redirect(path, 303)
  c.header('HX-Redirect', path)
  return c.body(null, 200)
}

/** Sets the status and the headers of a problem; gives its sentence in the reader's language. */
export function setProblem(c: HttpContext, problem: ChatError, reference?: string): string {
  c.status(problem.status)
  const { retryMs } = problem
  if (retryMs !== undefined) c.header('Retry-After', String(Math.ceil(retryMs / 1000)))
  // There is no view before the middleware has read the preferences.
  const language = c.get('view')?.language ?? 'en'
  return problemSentence(language, problem.code, reference)
}

/** Shows a browser in which somebody was banned that and why, in place of every page. */
export function tellBanned(chat: Chat): Middleware {
  return async (c, next) => {
    const isPage = c.req.method === 'GET' && !isHtmx(c) && !wantsJson(c)
    const isUpgrade = c.req.header('upgrade') !== undefined
    if (!isPage || isUpgrade || c.get('visitor') !== null) return next()
    const ban = await chat.store.acts.banOf(readMarks(c, chat))
    if (ban === null) return next()
    c.status(403)
    return sendPage(c, <BannedPage view={c.get('view')} {...ban} />)
  }
}
