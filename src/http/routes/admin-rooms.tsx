import { Hono } from 'hono'
import { AdminRoomItems, AdminRooms } from '../../../views/administration/rooms'
import { readReason } from '../../chat/administration/administration'
import { foldName } from '../../chat/people/name'
import { deleteRoom, setArchived, setHost } from '../../chat/rooms/room-life'
import { serverLimits } from '../../server/limits'
import { parseId } from '../../shared/paths'
import { wantedName } from '../../shared/rank-name'
import type { RoomActor } from '../../store/store'
import { answerForm, readProps } from '../administration'
import { readForm } from '../bodies'
import type { HttpContext, HttpDeps, HttpEnv } from '../context'
import { requireSession } from '../middleware/identity'
import { sendHtml, sendPage } from '../pages'
import { readPlace } from './memberships'
import { readAnswer } from './room-life'

const { listPageRows } = serverLimits

/** Rooms in administration: hosts, archiving and deleting, by people who need not be in them. */
export function adminRoomRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const { chat } = deps
  return new Hono<HttpEnv>()
    .get('/admin/rooms', (c) => sendRooms(deps, c))
    .post('/admin/rooms/host', (c) =>
      act(deps, c, async (form, room, by) => {
        const folded = foldName(form.get('name') ?? '') ?? ''
        const [found] = folded === '' ? [] : await chat.store.users.named(folded, 1)
        const user = found?.folded === folded ? found.id : 0
        await setHost(chat, room, by, { user, isHost: true })
      }),
    )
    .post('/admin/rooms/archive', (c) =>
      act(deps, c, (form, room, by) => setArchived(chat, room, by, readAnswer(form, 'archived'))),
    )
    .post('/admin/rooms/delete', (c) =>
      act(deps, c, (form, room, by) => deleteRoom(chat, room, by, form.get('name') ?? '')),
    )
}

type Work = (form: Map<string, string>, room: number, by: RoomActor) => Promise<void>

async function act(deps: HttpDeps, c: HttpContext, work: Work): Promise<Response> {
  const form = await readForm(c)
  return answerForm(deps, c, sendRooms, 'rooms', async () => {
    const { tokenHash: acting } = requireSession(c)
    const reason = readReason(form.get('reason') ?? '')
    await work(form, parseId(form.get('room')) ?? 0, { acting, reason })
  })
}

async function sendRooms({ chat }: HttpDeps, c: HttpContext, problem?: string): Promise<Response> {
  const props = readProps(c, 'rooms', problem)
  const part = c.req.query('q') ?? ''
  const after = readPlace(c.req.query('after') ?? '')
  const { tokenHash } = requireSession(c)
  const { rooms: stored, roomLife } = chat.store
  const wanted = { part: wantedName(part), after, limit: listPageRows + 1 }
  const found = await roomLife.administered(tokenHash, wanted)
  const rooms = found.slice(0, listPageRows)
  const last = found.length > listPageRows ? rooms.at(-1) : undefined
  const fields = part === '' ? {} : { q: part }
  const place = last && { ...fields, after: `${last.activeAt}.${last.id}` }
  const next = place === undefined ? null : chat.paths.admin('rooms', place)
  const list = { ...props, rooms, next, now: chat.now(), first: await stored.first() }
  if (c.req.query('part') === 'list') return sendHtml(c, <AdminRoomItems {...list} />)
  return sendPage(c, <AdminRooms {...list} part={part} />)
}
