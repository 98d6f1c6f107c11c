import { Hono } from 'hono'
import type { Child } from 'hono/jsx'
import { Devices } from '../../../views/people/devices'
import { LogOut } from '../../../views/people/log-out'
import { endDevices } from '../../chat/people/account'
import { makeCode } from '../../chat/people/recovery'
import { ChatError } from '../../server/errors'
import { parseId } from '../../shared/paths'
import { readForm } from '../bodies'
import { type HttpContext, type HttpDeps, type HttpEnv, isHtmx } from '../context'
import { requireSession } from '../middleware/identity'
import { sendPanel } from '../pages'

/** The devices of a person, their recovery code, and the question before a log-out. */
export function deviceRoutes({ chat, rateLimits }: HttpDeps): Hono<HttpEnv> {
  return new Hono<HttpEnv>()
    .get('/devices', (c) => sendDevices(c, null, c.req.query('back') !== undefined))
    .get('/log-out', (c) => sendLogOut(c, null))
    .post('/devices/end', async (c) => {
      const session = requireSession(c)
      const form = await readForm(c)
      const id = form.has('others') ? null : parseId(form.get('device'))
      if (id === null && !form.has('others')) throw new ChatError('bad_request')
      await endDevices(chat, session, id)
      return isHtmx(c) ? sendDevices(c, null) : c.redirect(chat.paths.devices(), 303)
    })
    .post('/code', async (c) => {
      const session = requireSession(c)
      const form = await readForm(c)
      rateLimits.consume('rooms', `user ${session.user.id}`)
      const code = await makeCode(chat, session, c.get('address'))
      return form.get('from') === 'log-out' ? sendLogOut(c, code) : sendDevices(c, code)
    })

  async function sendDevices(c: HttpContext, code: string | null, isBack = false) {
    const { user, ...shown } = await look(c, code)
    const { title } = c.get('view').words.devices
    return send(c, title, <Devices {...shown} user={user} isBack={isBack} />)
  }

  async function sendLogOut(c: HttpContext, code: string | null) {
    const shown = await look(c, code)
    const { keepNamesMs } = chat.config
    const { logOut } = c.get('view').words.page
    return send(c, logOut, <LogOut {...shown} keepNamesMs={keepNamesMs} />)
  }

  /** What both pages show, as it is now. */
  async function look(c: HttpContext, code: string | null) {
    const { user, tokenHash } = requireSession(c)
    const devices = await chat.store.devices.list(tokenHash)
    const madeAt = await chat.store.devices.codeMadeAt(tokenHash)
    const now = chat.now()
    return { view: c.get('view'), user, devices, code, madeAt, now, isPage: !isHtmx(c) }
  }

  function send(c: HttpContext, title: string, panel: Child): Response {
    return sendPanel(c, requireSession(c).user, title, panel)
  }
}
