import type { Act } from '../../src/shared/rights'
import { actOn } from '../helpers/acts'
import { askDatabase } from '../helpers/database'
import { sendForm } from '../helpers/rooms'
import type { Attempt, Scene } from './rights-attempts'

/** A form that is answered with a redirect, or a page with a link, when it is allowed. */
function form(tries: (scene: Scene) => Promise<Response>): Attempt {
  return { over: 'HTTP', tries: async (scene) => (await tries(scene)).status < 400 }
}

/** What people are told of somebody: the actor or, where they are signed out, the host. */
async function hasLeft({ server, actor, host, target }: Scene): Promise<boolean> {
  const headers = { Cookie: actor.cookie || host.cookie }
  const page = await fetch(`${server.origin}/people?user=${target}`, { headers })
  return (await page.text()).includes('Has left')
}

/** Acts on people: each has one way, by a form. */
export const actAttempts: Partial<Record<Act, Attempt[]>> = {
  'person.ban': [
    {
      over: 'HTTP',
      async tries(scene) {
        const { status } = await actOn(scene.server, scene.actor, 'ban', scene.target)
        const isDone = status < 400
        if (isDone !== (await hasLeft(scene))) throw new Error('it says otherwise')
        return isDone
      },
    },
  ],
  'person.unban': [
    form(async ({ server, actor, target }) => {
      await askDatabase(server, `INSERT INTO bans VALUES (?1, ?1, 1, '')`, target)
      await askDatabase(server, 'UPDATE users SET left_at = 1 WHERE id = ?', target)
      return actOn(server, actor, 'unban', target)
    }),
  ],
  'person.purge': [
    form(({ server, actor, target }) => actOn(server, actor, 'purge', target, { span: 'hour' })),
  ],
  'person.rename': [form(({ server, actor, target }) => actOn(server, actor, 'rename', target))],
  'person.way_back': [
    form(({ server, actor, target }) => actOn(server, actor, 'way-back', target)),
  ],
  'report.handle': [
    {
      over: 'HTTP',
      async tries(scene) {
        const { server, actor, n } = scene
        const headers = { Cookie: actor.cookie, Accept: 'text/html' }
        const page = await fetch(`${server.origin}/admin/reports`, { headers })
        const fields = { report: `${n}`, answer: 'dismiss' }
        const { status } = await sendForm(server, actor, '/admin/reports', fields)
        // There is no such report: those with the right are told so.
        return page.status === 200 && status === 404
      },
    },
  ],
}
