import type { PresenceState } from '../../src/shared/protocol'
import type { User } from '../../src/store/store'
import { Avatar } from './avatar'
import { RailClose } from '../rooms/rooms'
import type { View } from '../view'

/** The people of a room, those online first. */
export function PeopleRail(props: PeopleProps & { view: View }) {
  const { paths, words } = props.view
  const { page } = words
  return (
    <aside class="rail people" id="people" popover="auto" aria-labelledby="people-heading">
      <h2 id="people-heading">
        {page.onlineHeading} <OnlineCount {...props} />
        <RailClose rail="people" label={page.close} />
      </h2>
      <input
        class="people__search"
        id="people-search"
        type="search"
        placeholder={page.searchPeople}
        aria-label={page.searchPeople}
        autocomplete="off"
        hidden
      />
      <form
        action={paths.people()}
        hx-get={paths.people()}
        hx-target="#panel-body"
        hx-sync="#panel:replace"
      >
        <PeopleList {...props} />
      </form>
    </aside>
  )
}

/** How many of them are online, beside the heading. */
export function OnlineCount(props: PeopleProps) {
  return <span id="online-count">{countHere(props)}</span>
}

/** The list alone, which is swapped when another room is opened. */
export function PeopleList({ room, people, members, states }: PeopleProps) {
  const here = people.filter(({ id }) => states.has(id))
  const absent = people.filter(({ id }) => !states.has(id))
  return (
    <ul id="people-list" data-members={members}>
      {[...here, ...absent].map((user) => (
        <PersonRow user={user} state={states.get(user.id) ?? 'offline'} room={room} />
      ))}
    </ul>
  )
}

/** How many of these people are not offline. */
export function countHere({ people, states }: PeopleProps): number {
  return people.filter(({ id }) => states.has(id)).length
}

/** A person in the list, the same for every reader. */
export function PersonRow({ user, state, room }: PersonProps) {
  return (
    <li
      class="person"
      id={`person-${user.id}`}
      data-room={room}
      data-person={user.id}
      data-state={state}
      data-name={user.nickname}
    >
      <button class="person__open" type="submit" name="user" value={user.id} aria-haspopup="dialog">
        <span class="who">
          <Avatar user={user} size="small" />
          <i></i>
        </span>{' '}
        <bdi>{user.nickname}</bdi>
      </button>
    </li>
  )
}

type PersonProps = { user: User; state: PresenceState; room: number }

export type PeopleProps = {
  room: number
  people: User[]
  /** How many members the room has, listed or not. */
  members: number
  /** Everybody who is not offline. */
  states: ReadonlyMap<number, PresenceState>
}
