import { limits } from '../../src/shared/limits'
import { plural } from '../../src/shared/text'
import type { PresenceState } from '../../src/shared/protocol'
import type { User } from '../../src/store/store'
import { Avatar, Name } from './avatar'
import { PanelLink } from '../page/panel'
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
      <form role="search" action={paths.people()}>
        <input type="hidden" name="room" id="people-room" value={props.room} />
        <input
          class="people__search"
          id="people-search"
          name="q"
          type="search"
          placeholder={page.searchPeople}
          aria-label={page.searchPeople}
          maxlength={limits.nameSearchUnitsMax}
          autocomplete="off"
          enterkeyhint="search"
          dir="auto"
          hidden={props.members <= limits.peopleWithoutSearchMax}
        />
      </form>
      <form
        action={paths.people()}
        hx-get={paths.people()}
        hx-target="#panel-body"
        hx-sync="#panel:replace"
      >
        <PeopleList {...props} />
        <ul class="people__found" id="people-found" hidden></ul>
        <p class="people__note" id="people-note" role="status"></p>
      </form>
      <MorePeople {...props} />
    </aside>
  )
}

/** How many of them are online, beside the heading. */
export function OnlineCount({ online }: Pick<PeopleProps, 'online'>) {
  return <span id="online-count">{online}</span>
}

/** The link to all people of the room, where the list has only some of them. */
export function MorePeople({ view, room, people, members }: PeopleProps & { view: View }) {
  const { language, paths, words } = view
  return (
    <p class="rail__more" id="people-more">
      {members > people.length && (
        <PanelLink look="btn" path={paths.roomPeople(room)}>
          {plural(language, members, words.page.allPeople)}
        </PanelLink>
      )}
    </p>
  )
}

/** The list alone, which is swapped when another room is opened. */
export function PeopleList({ room, people, members, states }: PeopleProps) {
  const here = people.filter(({ id }) => states.has(id))
  const absent = people.filter(({ id }) => !states.has(id))
  return (
    <ul id="people-list" data-room={room} data-members={members}>
      {[...here, ...absent].map((user) => (
        <PersonRow user={user} state={states.get(user.id) ?? 'offline'} room={room} />
      ))}
    </ul>
  )
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
      data-mark={user.mark ?? undefined}
    >
      <PersonButton user={user} />
    </li>
  )
}

/** Opens the person's card. */
export function PersonButton({ user }: { user: User }) {
  return (
    <button class="person__open" type="submit" name="user" value={user.id} aria-haspopup="dialog">
      <span class="who">
        <Avatar user={user} size="small" />
        <i></i>
      </span>{' '}
      <Name user={user} />
    </button>
  )
}

type PersonProps = { user: User; state: PresenceState; room: number }

export type PeopleProps = {
  room: number
  /** Some of the room's people: those online first. */
  people: User[]
  /** How many members the room has, listed or not. */
  members: number
  /** How many of them are online. */
  online: number
  /** Everybody who is not offline. */
  states: ReadonlyMap<number, PresenceState>
}
