import { Hono } from 'hono'
import { Asked } from '../../../views/people/add-device'
import { Devices, type DevicesProps } from '../../../views/people/devices'
import { LogOut } from '../../../views/people/log-out'
import type { Chat } from '../../chat/chat'
import { endDevices } from '../../chat/people/account'
import { answerClaim, makeLink, withdrawLink } from '../../chat/people/device-links'
import { makeCode } from '../../chat/people/recovery'
import { subscribeDevice } from '../../chat/push/subscribe'
import { isLoopback } from '../../server/addresses'
import { ChatError } from '../../server/errors'
import { parseId } from '../../shared/paths'
import { readForm } from '../bodies'
import { type HttpContext, type HttpDeps, type HttpEnv, isHtmx, sendsJson } from '../context'
import { requireSession, requireVisitor } from '../middleware/identity'
import { sendHtml, sendPanel } from '../pages'

type Extra = Partial<Pick<DevicesProps, 'code' | 'isBack'>> & {
  /** The link that was made just now. */
  url?: string
  isTooLate?: boolean
}

/** The devices of a person, links for another one, the recovery code, and the way to log out. */
export function deviceRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const { chat, rateLimits } = deps
  return new Hono<HttpEnv>()
    .route('/', linkRoutes(deps))
    .route('/', pushRoutes(deps))
    .get('/devices', (c) => sendDevices(chat, c, { isBack: c.req.query('back') !== undefined }))
    .get('/log-out', (c) => sendLogOut(chat, c, null))
    .post('/devices/end', async (c) => {
      const session = requireSession(c)
      const form = await readForm(c)
      const id = form.has('others') ? null : parseId(form.get('device'))
      if (id === null && !form.has('others')) throw new ChatError('bad_request')
      await endDevices(chat, session, id)
      return showDevices(chat, c)
    })
    .post('/code', async (c) => {
      const session = requireSession(c)
      const form = await readForm(c)
      rateLimits.consume('rooms', `user ${session.user.id}`)
      const code = await makeCode(chat, session, c.get('address'))
      const isLogOut = form.get('from') === 'log-out'
      return isLogOut ? sendLogOut(chat, c, code) : sendDevices(chat, c, { code })
    })
}

/** The link of a session for another device, and its answer to the device that opened it. */
function linkRoutes({ chat, rateLimits }: HttpDeps): Hono<HttpEnv> {
  return new Hono<HttpEnv>()
    .post('/devices/link', async (c) => {
      const session = requireSession(c)
      rateLimits.consume('rooms', `user ${session.user.id}`)
      const path = chat.paths.newDevice(await makeLink(chat, session))
      return sendDevices(chat, c, { url: c.get('view').sharedOrigin() + path })
    })
    .post('/devices/link/end', async (c) => {
      await withdrawLink(chat, requireSession(c))
      return showDevices(chat, c)
    })
    .get('/devices/asked', async (c) => {
      const { user, tokenHash } = requireSession(c)
      if (!isHtmx(c)) return c.redirect(chat.paths.devices(), 303)
      const place = c.req.query('from') === 'page' ? 'page' : 'notice'
      const { claim } = await linkOf(chat, tokenHash)
      // Nothing is swapped: it asks again.
      if (place === 'page' && claim === null) return c.body(null, 204)
      const shown = { view: c.get('view'), user, claim, place, isTooLate: false } as const
      return sendHtml(c, <Asked {...shown} />)
    })
    .post('/devices/asked', async (c) => {
      const session = requireSession(c)
      const form = await readForm(c)
      const { claim: claimHash, isAllowed } = readAnswer(form)
      const isDone = await answerClaim(chat, session, claimHash, isAllowed)
      const isTooLate = isAllowed && !isDone
      if (!isHtmx(c) || form.get('from') !== 'notice') return showDevices(chat, c, isTooLate)
      const { claim } = await linkOf(chat, session.tokenHash)
      const shown = { view: c.get('view'), user: session.user, claim, isTooLate }
      return sendHtml(c, <Asked {...shown} place="notice" />)
    })
}

/** Whether the device that asks is told of messages while it has no open page. */
function pushRoutes({ chat, rateLimits }: HttpDeps): Hono<HttpEnv> {
  return new Hono<HttpEnv>()
    .post('/devices/push', async (c) => {
      const visitor = requireVisitor(c)
      if (chat.push === null) throw new ChatError('not_found')
      if (!sendsJson(c)) throw new ChatError('media_type')
      rateLimits.consume('rooms', `user ${visitor.user.id}`)
      await subscribeDevice(chat, visitor, await c.req.json().catch(() => null))
      return c.body(null, 204)
    })
    .post('/devices/push/end', async (c) => {
      const { tokenHash } = requireSession(c)
      await chat.store.push.end(tokenHash)
      return c.body(null, 204)
    })
}

function readAnswer(form: Map<string, string>): { claim: Uint8Array; isAllowed: boolean } {
  const [claim, answer] = [form.get('claim') ?? '', form.get('answer')]
  const isAllowed = answer === 'allow'
  if (!/^[0-9a-f]{64}$/.test(claim) || (!isAllowed && answer !== 'refuse')) {
    throw new ChatError('bad_request')
  }
  return { claim: Uint8Array.fromHex(claim), isAllowed }
}

/** Shows the devices after a change of them. */
async function showDevices(chat: Chat, c: HttpContext, isTooLate = false): Promise<Response> {
  if (isHtmx(c) || isTooLate) return sendDevices(chat, c, { isTooLate })
  return c.redirect(chat.paths.devices(), 303)
}

async function sendDevices(chat: Chat, c: HttpContext, extra: Extra = {}): Promise<Response> {
  const { code = null, isBack = false, url = null, isTooLate = false } = extra
  const { user, tokenHash } = requireSession(c)
  const view = c.get('view')
  const isOnlyHere = isLoopback(new URL(view.sharedOrigin()).hostname)
  const link = { ...(await linkOf(chat, tokenHash)), url, isOnlyHere, isTooLate }
  const shown = await look(chat, c, code)
  const panel = <Devices {...shown} isBack={isBack} link={link} />
  return sendPanel(c, user, view.words.devices.title, panel)
}

async function linkOf({ store, now }: Chat, tokenHash: Uint8Array) {
  const link = await store.deviceLinks.ofSession(tokenHash, now())
  return { isOpen: link !== null, claim: link?.claim ?? null }
}

async function sendLogOut(chat: Chat, c: HttpContext, code: string | null): Promise<Response> {
  const shown = await look(chat, c, code)
  const isNeeded = await chat.store.administration.isNeeded(requireSession(c).tokenHash)
  const { keepNamesMs } = chat.config
  const panel = <LogOut {...{ ...shown, keepNamesMs, isNeeded }} />
  return sendPanel(c, shown.user, shown.view.words.page.logOut, panel)
}

/** What both pages show, as it is now. */
async function look(chat: Chat, c: HttpContext, code: string | null) {
  const { user, tokenHash } = requireSession(c)
  const devices = await chat.store.devices.list(tokenHash)
  const madeAt = await chat.store.devices.codeMadeAt(tokenHash)
  const now = chat.now()
  return { view: c.get('view'), user, devices, code, madeAt, now, isPage: !isHtmx(c) }
}
