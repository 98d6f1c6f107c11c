import type { Child } from 'hono/jsx'
import { limits } from '../../src/shared/limits'
import type { PresenceState } from '../../src/shared/protocol'
import { plural } from '../../src/shared/text'
import type { User } from '../../src/store/store'
import { RailClose } from '../rooms/rooms'
import type { View } from '../view'
import { Avatar, Name } from './avatar'

/** The people of a room, those online first. */
export function PeopleRail(props: PeopleProps) {
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
        <ul class="people__found" id="people-found" translate="no" hidden></ul>
        <p class="people__note" id="people-note" role="status"></p>
      </form>
    </aside>
  )
}

/** How many of them are online, beside the heading. */
export function OnlineCount({ online }: Pick<PeopleWindow, 'online'>) {
  return <span id="online-count">{online}</span>
}

/** The list alone, its first page: swapped when another room is opened, or when it is not right. */
export function PeopleList(props: PeopleProps) {
  const { room, members, checksum } = props
  return (
    <ul
      id="people-list"
      translate="no"
      data-room={room}
      data-members={members}
      data-checksum={checksum}
    >
      <PeopleRows {...props} />
    </ul>
  )
}

/** A page of the list, and what loads the next one. */
export function PeopleRows({ view, ...window }: PeopleProps) {
  const { people, beginsAt, isAllOnline, next } = window
  const isWhole = beginsAt === 'start' && next === null
  const here = people.filter(({ state }) => state !== 'offline')
  const absent = people.filter(({ state }) => state === 'offline')
  const order = (part: ListedMember[]): ListedMember[] => (isWhole ? sort(view, part) : part)
  return (
    <>
      {order(here).map((person) => (
        <PersonRow view={view} {...person} />
      ))}
      {isAllOnline && beginsAt !== 'offline' && <OfflineHeading view={view} {...window} />}
      {order(absent).map((person) => (
        <PersonRow view={view} {...person} />
      ))}
      {next !== null && <MorePeople view={view} room={window.room} next={next} />}
    </>
  )
}

/** Of a list that is whole: as the reader's language orders names. */
function sort({ language }: View, people: ListedMember[]): ListedMember[] {
  const { compare } = new Intl.Collator(language)
  return people.toSorted(
    (a, b) =>
      Number(b.isHost) - Number(a.isHost) ||
      compare(a.user.nickname, b.user.nickname) ||
      a.user.id - b.user.id,
  )
}

function OfflineHeading({
  view,
  members,
  online,
}: Pick<PeopleProps, 'view' | 'members' | 'online'>) {
  const count = Math.max(0, members - online)
  return (
    <li class="people__heading" id="offline-heading" translate="yes" hidden={count === 0}>
      <h3>{plural(view.language, count, view.words.live.offline)}</h3>
    </li>
  )
}

/** Followed when it comes into view; without a script it leads to the page of all people. */
function MorePeople({ view, room, next }: { view: View; room: number; next: string }) {
  const { paths, words } = view
  return (
    <li class="people__more" id="people-next" translate="yes">
      <a
        class="btn"
        href={paths.roomPeople(room)}
        hx-get={paths.roomPeople(room, { part: 'window', after: next })}
        hx-trigger="intersect, click"
        hx-target="closest li"
        hx-swap="outerHTML"
      >
        {words.page.morePeople}
      </a>
    </li>
  )
}

function PersonRow({ view, user, state, isHost }: ListedMember & { view: View }) {
  return (
    <li
      class="person"
      id={`person-${user.id}`}
      data-person={user.id}
      data-state={state}
      data-name={user.nickname}
      data-mark={user.mark ?? undefined}
      data-host={isHost ? '' : undefined}
    >
      <PersonButton user={user}>{isHost && <small>{view.words.page.host}</small>}</PersonButton>
    </li>
  )
}

/** Opens the person's card. */
export function PersonButton({ user, children }: { user: User; children?: Child }) {
  return (
    <button class="person__open" name="user" value={user.id} aria-haspopup="dialog">
      <span class="who">
        <Avatar user={user} size="small" />
        <i></i>
      </span>{' '}
      <Name user={user} isBare /> {children}
    </button>
  )
}

/** Somebody in the list. Hosts are told apart only among those who are online. */
export type ListedMember = { user: User; state: PresenceState; isHost: boolean }

/** A page of the people of a room. */
export type PeopleWindow = {
  room: number
  /** How many members the room has, listed or not. */
  members: number
  /** How many of them are online. */
  online: number
  /** Of those (src/shared/presence.ts). */
  checksum: number
  people: ListedMember[]
  /** What the page before ended with. */
  beginsAt: 'start' | 'online' | 'offline'
  /** Nobody who is online comes after it. */
  isAllOnline: boolean
  /** Where the next page begins; null on the last one. */
  next: string | null
}

type PeopleProps = PeopleWindow & { view: View }
