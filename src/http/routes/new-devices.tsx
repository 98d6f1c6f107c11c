import { Hono } from 'hono'
import { NewDevice, Waiting } from '../../../views/people/new-device'
import { claimLink, enterByLink, findLink } from '../../chat/people/device-links'
import { ChatError } from '../../server/errors'
import { hashToken } from '../../server/session-token'
import { type HttpContext, type HttpDeps, type HttpEnv, isHtmx } from '../context'
import { askForCookie, clearClaim, readClaim, setClaim, setSession } from '../cookies'
import { deviceOf } from '../device'
import { currentSession } from '../middleware/identity'
import { redirectTo, sendHtml, sendPanel } from '../pages'

/** Without a script the page that waits loads itself again after so many seconds. */
const waitSeconds = 3

/** What a browser does that opened a link: it claims the link, waits to be allowed, and enters. */
export function newDeviceRoutes({ chat, rateLimits }: HttpDeps): Hono<HttpEnv> {
  return new Hono<HttpEnv>()
    .get('/device/:link', async (c) => {
      // A preview of the link may ask, too: nothing changes.
      const link = c.req.param('link')
      const shown = { ...readersOf(c), owner: await findLink(chat, link), link }
      const { title } = shown.view.words.addDevice
      return sendPanel(c, shown.reader, title, <NewDevice {...shown} />)
    })
    .post('/device/:link', async (c) => {
      const address = c.get('address')
      const link = c.req.param('link')
      const question = askForCookie(c, chat)
      if (question !== null) return question
      rateLimits.consume('claims', address)
      const owner = await findLink(chat, link)
      if (owner.id === c.get('visitor')?.user.id) return redirectTo(c, chat.paths.home())
      setClaim(c, chat, await claimLink(chat, link, deviceOf(c, chat)))
      rateLimits.charge('claims', address, -1)
      return redirectTo(c, chat.paths.newDevice())
    })
    .get('/device', async (c) => {
      const token = readClaim(c, chat)
      const hash = token === null ? null : hashToken(token)
      const found = hash === null ? null : await chat.store.deviceLinks.waiting(hash, chat.now())
      if (found === null) throw new ChatError('link_unusable')
      const { user: owner, claim } = found
      // The page that asks shows this already.
      if (isHtmx(c) && !claim.isAllowed) return c.body(null, 204)
      const readers = { ...readersOf(c), owner }
      const waiting = <Waiting {...readers} claim={claim} />
      if (isHtmx(c)) return sendHtml(c, waiting)
      const { title } = readers.view.words.addDevice
      const renewsIn = claim.isAllowed ? undefined : waitSeconds
      return sendPanel(c, readers.reader, title, waiting, { renewsIn })
    })
    .post('/device', async (c) => {
      const browser = { device: deviceOf(c, chat), current: currentSession(c) }
      const { user, token } = await enterByLink(chat, readClaim(c, chat), browser)
      setSession(c, chat, { user, token })
      clearClaim(c, chat)
      return redirectTo(c, chat.paths.home())
    })
}

function readersOf(c: HttpContext) {
  return { view: c.get('view'), reader: c.get('visitor')?.user ?? null }
}
