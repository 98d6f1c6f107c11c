import type { Act, Rank } from '../../src/shared/rights'
import { type ChatClient, openSocket, type Person } from '../helpers/client'
import { sendForm } from '../helpers/rooms'
import type { RunningServer } from '../helpers/server'

/** Who tries something where, and to whom. */
export type Scene = {
  server: RunningServer
  /** A member of the room who is its host, unless the actor is. */
  host: Person
  actor: Person
  /** A room in which the actor has the rank that is tried. */
  room: number
  /** Somebody in the room, of the rank that is tried. */
  target: number
  targetRank: Rank
  /** Different in each scene. */
  n: number
}

/** One way to do something: whether it was done. */
export type Attempt = { over: 'HTTP' | 'socket'; tries: (scene: Scene) => Promise<boolean> }

/** A form that is answered with a redirect when it is allowed. */
function form(
  path: (scene: Scene) => string,
  fields: (scene: Scene) => Record<string, string> = () => ({}),
): Attempt {
  return {
    over: 'HTTP',
    async tries(scene) {
      const answer = await sendForm(scene.server, scene.actor, path(scene), fields(scene))
      if (answer.status >= 500) throw new Error(await answer.text())
      return answer.status < 400
    },
  }
}

/** A page that is shown when it is allowed. */
function page(path: string): Attempt {
  return {
    over: 'HTTP',
    async tries({ server, actor }) {
      const headers = { Cookie: actor.cookie, Accept: 'text/html' }
      return (await fetch(server.origin + path, { headers })).status === 200
    },
  }
}

/** What is asked over a socket; somebody who is signed out has none. */
function over(tries: (socket: ChatClient, scene: Scene) => Promise<boolean>): Attempt {
  return {
    over: 'socket',
    async tries(scene) {
      const socket = await openSocket(scene.server, scene.actor).catch(() => null)
      if (socket === null) return false
      const isDone = await tries(socket, scene)
      await socket.close()
      return isDone
    },
  }
}

/** A message of the host, for somebody else to change. */
async function said({ server, host, room, n }: Scene): Promise<number> {
  const socket = await openSocket(server, host)
  const answer = await socket.post(room, `said-${n}`, 'Said by the host')
  await socket.close()
  if (answer.type !== 'accepted') throw new Error('the host may speak')
  return answer.seq
}

async function answerOf(socket: ChatClient, clientId: string): Promise<boolean> {
  const fits = (item: { type: string; client_id?: string | null }): boolean =>
    (item.type === 'accepted' || item.type === 'refused') && item.client_id === clientId
  return (await socket.until(fits, 'the answer')).type === 'accepted'
}

const inRoom =
  (ending: string) =>
  ({ room }: Scene): string =>
    `/rooms/${room}${ending}`

/** How each right is tried, in every way there is. */
export const attempts: Partial<Record<Act, Attempt[]>> = {
  'message.post': [
    form(inRoom('/messages'), ({ n }) => ({ client_id: `form-${n}`, content: 'By form' })),
    over(async (socket, { room, n }) => {
      return (await socket.post(room, `post-${n}`, 'By socket')).type === 'accepted'
    }),
  ],
  'room.topic': [form(inRoom(''), ({ n }) => ({ topic: `Topic ${n}` }))],
  'room.rename': [form(inRoom(''), ({ n }) => ({ name: `Renamed ${n}` }))],
  'room.invite': [form(inRoom('/invitations'), ({ target }) => ({ user: String(target) }))],
  'room.withdraw_invitation': [
    {
      over: 'HTTP',
      async tries({ server, host, actor, room, target }) {
        const path = `/rooms/${room}/invitations`
        await sendForm(server, host, path, { user: String(target) })
        await sendForm(server, actor, `${path}/withdraw`, { user: String(target) })
        const headers = { Cookie: host.cookie, Accept: 'text/html' }
        const page = await (await fetch(server.origin + path, { headers })).text()
        const forms = page.match(/<form[^>]*\/withdraw".*?<\/form>/gs) ?? []
        return !forms.some((form) => form.includes(`value="${target}"`))
      },
    },
  ],
  'room.mention_all': [
    over(async (socket, { server, host, room, n }) => {
      const listener = await openSocket(server, host)
      const answer = await socket.post(room, `all-${n}`, '@all, listen')
      if (answer.type === 'refused') return listener.close().then(() => false)
      const heard = await listener.until(
        (item) => item.type === 'message' && item.client_id === `all-${n}`,
        'the message',
      )
      await listener.close()
      return heard.type === 'message' && heard.mentions.includes(0)
    }),
  ],
  'message.delete_others': [
    {
      over: 'HTTP',
      async tries(scene) {
        const path = `/rooms/${scene.room}/messages/${await said(scene)}/delete`
        return (await sendForm(scene.server, scene.actor, path)).status < 400
      },
    },
    over(async (socket, scene) => {
      const { room, n } = scene
      const seq = await said({ ...scene, n: n + 5 })
      socket.send({ type: 'message.delete', room, seq, client_id: `delete-${n}` })
      return answerOf(socket, `delete-${n}`)
    }),
  ],
  'person.remove': [form(inRoom('/members/remove'), ({ target }) => ({ user: String(target) }))],
  'admin.open': [page('/admin/people')],
  'log.read': [page('/admin/log')],
  'storage.read': [page('/admin/storage')],
  'server.configure': [
    form(
      () => '/admin/general',
      ({ n }) => ({ welcome: `Welcome ${n}` }),
    ),
  ],
  'role.set': [
    form(
      () => '/admin/people/role',
      ({ target, targetRank }) => ({
        user: String(target),
        role: targetRank === 'moderator' ? 'member' : 'moderator',
      }),
    ),
  ],
}
