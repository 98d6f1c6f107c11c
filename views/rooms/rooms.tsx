import { plural } from '../../src/shared/text'
import type { Child } from 'hono/jsx'
import type { PresenceState } from '../../src/shared/protocol'
import type { Room, User } from '../../src/store/store'
import { Icon } from '../page/icons'
import { Avatar, Name } from '../people/avatar'
import { PanelLink } from '../page/panel'
import { InvitationsBox, type InvitationsProps } from './invitations'
import type { View } from '../view'

/** The list of a user's rooms, below what invites them to others. */
export function RoomsRail(props: RoomsProps) {
  const { view, rooms, inAll, current, states } = props
  const { page } = view.words
  const { shared, archived, direct } = inOrder(view, rooms)
  return (
    <nav
      class="rail rooms"
      id="rooms"
      popover="auto"
      aria-labelledby="rooms-heading"
      hx-get={view.paths.rail(current ?? 0)}
      hx-trigger="renew delay:100ms"
      hx-select="#rooms > *"
      hx-swap="innerMorph"
    >
      <h2 id="rooms-heading">
        {page.rooms}
        <PanelLink
          look="btn btn--icon rail__add"
          id="open-rooms"
          path={view.paths.rooms()}
          keys="Alt+N"
          title={page.findRooms}
        >
          <Icon name="plus" />
          <span class="vh">{page.findRooms}</span>
        </PanelLink>
        <RailClose rail="rooms" label={page.close} />
      </h2>
      <InvitationsBox {...props} />
      <RoomItems {...props} rooms={shared} />
      <h2 class="direct-heading" hidden={direct.length === 0}>
        {page.direct}
      </h2>
      <ul id="direct-list" translate="no">
        {direct.map((room) => (
          <DirectItem view={view} room={room} isCurrent={room.id === current} states={states} />
        ))}
      </ul>
      {archived.length > 0 && (
        <details open={archived.some(({ id }) => id === current)}>
          <summary>{plural(view.language, archived.length, view.words.roomLife.archived)}</summary>
          <RoomItems {...props} rooms={archived} />
        </details>
      )}
      {inAll > rooms.length && (
        <p class="rail__more">
          <PanelLink look="btn" path={view.paths.roomList({ mine: 'yes' })}>
            {plural(view.language, inAll, page.allRooms)}
          </PanelLink>
        </p>
      )}
    </nav>
  )
}

function RoomItems({ view, rooms, current, counts }: RoomsProps) {
  return (
    <ul translate="no">
      {rooms.map((room) => (
        <RoomItem
          view={view}
          room={room}
          isCurrent={room.id === current}
          online={counts.get(room.id) ?? 0}
        />
      ))}
    </ul>
  )
}

type Ordered = Record<'shared' | 'archived' | 'direct', Room[]>

/** Rooms by name, and private conversations with the latest message first. */
function inOrder({ language }: View, rooms: Room[]): Ordered {
  const { compare } = new Intl.Collator(language)
  const shared = rooms
    .filter(({ kind }) => kind !== 'direct')
    .toSorted((a, b) => compare(a.name, b.name) || a.id - b.id)
  return {
    shared: shared.filter(({ archivedAt }) => archivedAt === null),
    archived: shared.filter(({ archivedAt }) => archivedAt !== null),
    direct: rooms
      .filter(({ kind }) => kind === 'direct')
      .toSorted((a, b) => b.activeAt - a.activeAt || b.id - a.id),
  }
}

/** The button that closes a rail while it is a drawer. */
export function RailClose({ rail, label }: { rail: string; label: string }) {
  return (
    <button
      class="btn btn--icon rail__close"
      type="button"
      popovertarget={rail}
      popovertargetaction="hide"
      title={label}
    >
      <Icon name="close" />
      <span class="vh">{label}</span>
    </button>
  )
}

type RoomsProps = InvitationsProps & {
  /** Some of the user's rooms, if there are many. */
  rooms: Room[]
  /** How many rooms that is in all. */
  inAll: number
  current: number | null
  /** How many people are online in each room. */
  counts: ReadonlyMap<number, number>
  states: ReadonlyMap<number, PresenceState>
}

type ItemProps = { view: View; room: Room; isCurrent: boolean }

type LinkProps = ItemProps & {
  name: string
  /** The other person of a direct room, and their presence. */
  person?: number
  mark?: User['mark']
  state?: PresenceState
  children: Child
}

function RoomItem({ view, room, isCurrent, online }: ItemProps & { online: number }) {
  return (
    <RoomLink view={view} room={room} isCurrent={isCurrent} name={room.name}>
      <Icon name={room.kind === 'closed' ? 'lock' : 'room'} />
      <small class="online">
        <span>{online}</span> {view.words.page.onlineHere}
      </small>
    </RoomLink>
  )
}

function DirectItem({ view, room, isCurrent, states }: ItemProps & Pick<RoomsProps, 'states'>) {
  const other = room.pair?.[1]
  if (other === undefined) return <GroupItem view={view} room={room} isCurrent={isCurrent} />
  return (
    <RoomLink
      view={view}
      room={room}
      isCurrent={isCurrent}
      name={other.nickname}
      mark={other.mark}
      person={other.id}
      state={states.get(other.id) ?? 'offline'}
    >
      <span class="who">
        <Avatar user={other} size="small" />
        <i></i>
      </span>
      <small class="when" data-at={room.revision > 0 ? room.activeAt : undefined}></small>
    </RoomLink>
  )
}

/** Faces of the first two, and the names of all. */
function GroupItem({ view, room, isCurrent }: ItemProps) {
  return (
    <RoomLink view={view} room={room} isCurrent={isCurrent} name={room.name}>
      <span class="who who--group">
        {room.group?.slice(0, 2).map((one) => (
          <Avatar user={one} size="small" />
        ))}
      </span>
      <small class="when" data-at={room.revision > 0 ? room.activeAt : undefined}></small>
    </RoomLink>
  )
}

function RoomLink(props: LinkProps) {
  const { view, room, isCurrent, name, mark = null, person, state, children } = props
  return (
    <li>
      <a
        class={room.unread > 0 ? 'item unread' : 'item'}
        id={`room-${room.id}`}
        href={view.paths.room(room.id)}
        data-room={room.id}
        data-kind={room.kind}
        data-notify={room.notify}
        data-revision={room.revision}
        data-unread={room.unread}
        data-person={person}
        data-state={state}
        aria-current={isCurrent ? 'page' : undefined}
      >
        <b>
          <Name user={{ nickname: name, mark }} isBare />
        </b>{' '}
        <Draft view={view} />
        <Unread view={view} room={room} />
        {children}
      </a>
    </li>
  )
}

function Draft({ view }: { view: View }) {
  return (
    <span class="draft" hidden>
      <Icon name="pencil" />
      <span class="vh">{view.words.page.draft}</span>
    </span>
  )
}

/** A number for unread mentions; other unread messages show as a dot. */
function Unread({ view, room }: { view: View; room: Room }) {
  const { language, words } = view
  return (
    <>
      <span class="badge" hidden={room.mentions === 0}>
        {room.mentions > 99 ? '99+' : room.mentions}
      </span>
      <span class="vh unread-words">
        {room.unread > 0 && plural(language, room.unread, words.live.unread)}
      </span>{' '}
    </>
  )
}
