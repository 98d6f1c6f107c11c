import { ChangedPerson } from '../../../views/people/person'
import { ChatError } from '../../server/errors'
import type { User } from '../../store/store'
import type { Chat } from '../chat'
import { removeFiles } from '../files/janitor'
import { forgetPages } from '../messages/recall-page'
import { asPublication } from '../publication'
import { takeAvatar } from './face'
import { parseNickname } from './name'

type TypedProfile = { nickname: string; avatar: string; picture: string }

/**
 * Changes a person's name or picture, with the same rules as signing in, and tells every open
 * page. Throws `name_…`, `name_taken`, `avatar_unknown`, `picture_unusable` or `storage_full`.
 */
export async function changeProfile(chat: Chat, user: User, typed: TypedProfile): Promise<User> {
  const name = parseNickname(typed.nickname)
  if (typeof name === 'string') throw new ChatError(name)
  const { avatar, face } = await takeAvatar(chat, typed, user.avatar)
  const { shown: nickname, folded, skeleton } = name
  const profile = { nickname, folded, skeleton, avatar, face }
  const changed = await chat.store.users.change(user.id, profile)
  if (changed === null) {
    if (face !== null) await removeFiles(chat, [face.id])
    throw new ChatError('name_taken')
  }
  forgetPages()
  chat.presence.rename(changed.user)
  chat.publish('everyone', {
    html: () => String(<ChangedPerson user={changed.user} />),
    json: asPublication({ type: 'person.changed', user: changed.user }).json,
  })
  await removeFiles(chat, changed.freed)
  return changed.user
}
