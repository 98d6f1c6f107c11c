import type { Room } from '../src/store/store'
import { Icon } from './icons'
import type { View } from './view'
import { plural } from './words'

/** Takes a person's rooms, which one is open and how many are in it; gives the list of links. */
export function RoomsRail({ view, rooms, current, online }: RoomsProps) {
  const { page } = view.words
  return (
    <nav class="rail rooms" id="rooms" popover="auto" aria-labelledby="rooms-heading">
      <h2 id="rooms-heading">
        {page.rooms}
        <RailClose rail="rooms" label={page.close} />
      </h2>
      <ul>
        {rooms.map((room) => (
          <RoomItem
            view={view}
            room={room}
            isCurrent={room.id === current}
            online={room.id === current ? online : undefined}
          />
        ))}
      </ul>
    </nav>
  )
}

/** Takes a rail's id and a label; gives the button that closes it while it is a drawer. */
export function RailClose({ rail, label }: { rail: string; label: string }) {
  return (
    <button
      class="btn btn--icon rail__close"
      type="button"
      popovertarget={rail}
      popovertargetaction="hide"
    >
      <Icon name="close" />
      <span class="vh">{label}</span>
    </button>
  )
}

type RoomsProps = { view: View; rooms: Room[]; current: number | null; online?: number }

type ItemProps = { view: View; room: Room; isCurrent: boolean; online: number | undefined }

function RoomItem({ view, room, isCurrent, online }: ItemProps) {
  const { language, paths, words } = view
  const unread = !isCurrent && room.unread > 0
  return (
    <li>
      <a
        class={unread ? 'item unread' : 'item'}
        id={`room-${room.id}`}
        href={paths.room(room.id)}
        aria-current={isCurrent ? 'page' : undefined}
      >
        <b>
          <bdi>{room.name}</bdi>
        </b>{' '}
        {unread && <span class="vh">{plural(language, room.unread, words.page.unread)} </span>}
        <small class="online">{online}</small>
        <span class="vh"> {words.page.onlineHere}</span>
      </a>
    </li>
  )
}
