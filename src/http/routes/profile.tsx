import { Hono } from 'hono'
import { Profile } from '../../../views/people/profile'
import { changeProfile } from '../../chat/people/change-profile'
import { ChatError } from '../../server/errors'
import { goOn, type WebEnv, type WebNeeds } from '../context'
import { parseForm } from '../forms'
import { requireVisitor } from '../middleware/identity'
import { sendPanel } from './memberships'

/** One's own name and picture, changed at any time. */
export function profileRoutes({ chat, spend }: WebNeeds): Hono<WebEnv> {
  return new Hono<WebEnv>()
    .get('/profile', (c) => {
      const { user } = requireVisitor(c)
      const view = c.get('view')
      return sendPanel(c, user, view.words.page.profile, <Profile view={view} user={user} />)
    })
    .post('/profile', async (c) => {
      const { session, user } = requireVisitor(c)
      const retryMs = spend('rooms', session)
      if (retryMs > 0) throw new ChatError('too_many', retryMs)
      const form = await parseForm(c)
      const changed = await changeProfile(chat, user, {
        nickname: form.get('nickname') ?? user.nickname,
        avatar: form.get('avatar') ?? user.avatar,
        picture: form.get('picture') ?? '',
      })
      return goOn(c, chat.paths.home(), { user: changed })
    })
}
