import type { Child } from 'hono/jsx'
import { fill, hueOf, initialOf } from '../../src/shared/text'
import type { User } from '../../src/store/store'
import { serverPaths } from '../../src/shared/paths'
import type { Words } from '../words'

/** The avatars to choose from: the first letter of the name, or one of eleven stamps. */
export const readyAvatars: string[] = [
  'letter',
  'mountain',
  'wave',
  'moon',
  'sun',
  'leaf',
  'fish',
  'bird',
  'cup',
  'boat',
  'star',
  'flower',
]

/** A user's picture. Screen readers skip it, as the name is always beside it. */
export function Avatar({ user, size }: { user: User; size?: 'small' | 'large' }) {
  const look = `av ${hueOf(user.id)}${size === undefined ? '' : ` av--${size}`}`
  const { avatar, nickname } = user
  if (avatar !== 'letter' && readyAvatars.includes(avatar))
    return <Stamp name={avatar} look={look} />
  if (isFace(avatar))
    return <img class={look} aria-hidden="true" src={serverPaths.face(avatar)} alt="" />
  return (
    <span class={look} aria-hidden="true">
      {initialOf(nickname)}
    </span>
  )
}

type Named = Pick<User, 'nickname' | 'mark'>
type NameProps = { user: Named; isBare?: boolean }

/**
 * A user's name; CSS adds in the reader's language that they have left, or are new. It is not
 * translated; `isBare`: the list around it says so, or nobody sees it.
 */
export function Name({ user: { mark, nickname }, isBare = false }: NameProps) {
  return (
    <bdi class={mark === null ? undefined : `name--${mark}`} translate={isBare ? undefined : 'no'}>
      {nickname}
    </bdi>
  )
}

/** The same as text: "Mei (left)". */
export function nameIn({ live }: Pick<Words, 'live'>, { mark, nickname }: Named): string {
  return mark === 'left' ? fill(live.nameLeft, { nickname }) : nickname
}

/** A sentence with a hole, `{name}` or `{room}`, in which an element of its own stands. */
export function Sentence({ text, children }: { text: string; children: Child }) {
  const [before = '', after = ''] = text.split(/\{\w+\}/)
  return (
    <>
      {before}
      {children}
      {after}
    </>
  )
}

/** Whether it is the id of an uploaded picture. */
export function isFace(avatar: string): boolean {
  return /^[0-9a-f]{32}$/.test(avatar)
}

/** A stamp; `look` is its class. */
export function Stamp({ name, look }: { name: string; look: string }) {
  return (
    <svg class={look} aria-hidden="true">
      <use href={`#stamp-${name}`} />
    </svg>
  )
}
