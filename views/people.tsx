import type { User } from '../src/store/store'
import { Avatar } from './avatar'
import { RailClose } from './rooms'
import type { View } from './view'

/** Takes everybody in the room and who of them is online; gives the list, online first. */
export function PeopleRail({ view, people, online }: PeopleProps) {
  const { page } = view.words
  const here = people.filter(({ id }) => online.has(id))
  const away = people.filter(({ id }) => !online.has(id))
  return (
    <aside class="rail people" id="people" popover="auto" aria-labelledby="people-heading">
      <h2 id="people-heading">
        {page.onlineHeading} <span id="online-count">{here.length}</span>
        <RailClose rail="people" label={page.close} />
      </h2>
      <ul id="people-list">
        {here.map((user) => (
          <PersonRow user={user} state="online" />
        ))}
        {away.map((user) => (
          <PersonRow user={user} state="offline" />
        ))}
      </ul>
    </aside>
  )
}

/** Takes a person and their presence; gives their line, the same for every reader. */
export function PersonRow({ user, state }: { user: User; state: Presence }) {
  return (
    <li class="person" id={`person-${user.id}`} data-state={state} data-name={user.nickname}>
      <span class="who">
        <Avatar user={user} size="small" />
        <i></i>
      </span>{' '}
      <bdi>{user.nickname}</bdi>
    </li>
  )
}

export type Presence = 'online' | 'away' | 'offline'

type PeopleProps = { view: View; people: User[]; online: ReadonlySet<number> }
