import { fill, plural } from '../../src/shared/text'
import type { AdministeredRoom } from '../../src/store/store'
import { Icon } from '../page/icons'
import { ListSearch, MoreLink } from '../page/list'
import { daysAgo } from '../people/recovery-code'
import type { View } from '../view'
import { Filled } from '../words/filled'
import { type AdminProps, AdminPage, ReasonField } from './admin-page'

/** The rooms that the reader may administer, without anything that is said in them. */
export function AdminRooms(props: AdminProps & ListedRooms & { part: string }) {
  const { view, part } = props
  const { admin, page } = view.words
  return (
    <AdminPage {...props} section="rooms">
      <p>{admin.roomsNote}</p>
      <ListSearch
        path={view.paths.admin('rooms')}
        part={part}
        label={admin.searchRooms}
        submit={page.find}
      />
      <div id="found">
        <AdminRoomItems {...props} />
      </div>
    </AdminPage>
  )
}

/** A page of the list, and the link to the next one. */
export function AdminRoomItems(props: Pick<AdminProps, 'view'> & ListedRooms) {
  const { view, rooms, next } = props
  return (
    <>
      {rooms.length === 0 && <p>{view.words.page.noneFound}</p>}
      <ul class="choices">
        {rooms.map((room) => (
          <RoomItem {...props} room={room} />
        ))}
      </ul>
      {next !== null && <MoreLink path={next}>{view.words.page.moreRooms}</MoreLink>}
    </>
  )
}

type ListedRooms = {
  rooms: AdministeredRoom[]
  /** The URL of the next page; null on the last one. */
  next: string | null
  now: number
  /** The room that everybody joins. */
  first: number
}

type ItemProps = { view: View; room: AdministeredRoom }

function RoomItem({ view, room, now, first }: ItemProps & Pick<ListedRooms, 'now' | 'first'>) {
  const { language, words } = view
  const { admin, page, roomLife } = words
  const { hosts, kind, members, messages, name } = room
  const day = daysAgo(view, room.activeAt, now)
  return (
    <li class="admin__person">
      <details>
        <summary>
          <Icon name={kind === 'open' ? 'room' : 'lock'} /> <bdi translate="no">{name}</bdi>{' '}
          <small>
            {plural(language, members, page.memberCount)} ·{' '}
            {plural(language, messages, admin.messageCount)} ·{' '}
            <Filled text={fill(admin.roomSeen, { day })} /> ·{' '}
            {hosts === '' ? admin.noHosts : <Filled text={fill(admin.hosts, { other: hosts })} />}
            {room.archivedAt !== null && ` · ${roomLife.archivedSign}`}
          </small>
        </summary>
        <HostForm view={view} room={room} />
        {room.id !== first && <ArchiveForm view={view} room={room} />}
        {room.id !== first && <DeleteForm view={view} room={room} />}
      </details>
    </li>
  )
}

function HostForm({ view, room }: ItemProps) {
  const { admin } = view.words
  return (
    <form class="panel__form" method="post" action={view.paths.admin('rooms/host')}>
      <input type="hidden" name="room" value={room.id} />
      <label class="field">
        {admin.newHost}
        <input name="name" required autocomplete="off" dir="auto" />
      </label>
      <ReasonField view={view} />
      <button class="btn" type="submit">
        {admin.makeHost}
      </button>
    </form>
  )
}

function ArchiveForm({ view, room }: ItemProps) {
  const { admin } = view.words
  const isOpen = room.archivedAt === null
  return (
    <form class="panel__form" method="post" action={view.paths.admin('rooms/archive')}>
      <input type="hidden" name="room" value={room.id} />
      <input type="hidden" name="archived" value={isOpen ? 'yes' : 'no'} />
      <ReasonField view={view} />
      <button class="btn" type="submit">
        {isOpen ? admin.archive : admin.reopen}
      </button>
    </form>
  )
}

function DeleteForm({ view, room }: ItemProps) {
  const { admin } = view.words
  return (
    <form class="panel__form" method="post" action={view.paths.admin('rooms/delete')}>
      <input type="hidden" name="room" value={room.id} />
      <label class="field">
        {admin.deleteName}
        <input name="name" required autocomplete="off" dir="auto" />
      </label>
      <ReasonField view={view} />
      <button class="btn" type="submit">
        {admin.deleteRoom}
      </button>
    </form>
  )
}
