import { plural } from '../../src/shared/text'
import { textLimits } from '../../src/shared/limits'
import type { ListedRoom, RoomKind } from '../../src/store/store'
import { Icon } from '../page/icons'
import { ListSearch, MoreLink } from '../page/list'
import { PanelForm, PanelHeading, PanelLink, PartHeading } from '../page/panel'
import { Name } from '../people/avatar'
import type { View } from '../view'

/** A list of rooms with a search: public, archived or one's own, and the form to create one. */
export function OpenRooms(props: RoomListProps) {
  const { view, part, isMine, isArchived } = props
  const { page, roomLife } = view.words
  const archived = view.paths.roomList({ archived: 'yes' })
  const path = isArchived ? archived : view.paths.roomList(isMine ? { mine: 'yes' } : {})
  const isOpen = !isMine && !isArchived
  return (
    <div class="stack">
      <PanelHeading view={view} isQuiet>
        {roomListTitle(props)}
      </PanelHeading>
      <ListSearch path={path} part={part} label={page.searchRooms} submit={page.find} />
      {isOpen && <NewRoom view={view} />}
      {isOpen && <PartHeading view={view}>{page.openRooms}</PartHeading>}
      <div id="found">
        <RoomItems {...props} />
      </div>
      {isOpen && (
        <p>
          <PanelLink look="btn" path={archived}>
            {roomLife.archivedRooms}
          </PanelLink>
        </p>
      )}
    </div>
  )
}

/** The title of a list of rooms. */
export function roomListTitle({ view, isMine, isArchived }: RoomListProps): string {
  const { page, roomLife } = view.words
  if (isArchived) return roomLife.archivedRooms
  return isMine ? page.yourRooms : page.findRooms
}

type RoomListProps = {
  view: View
  rooms: ListedRoom[]
  /** The typed part of their names. */
  part: string
  isMine: boolean
  isArchived: boolean
  /** The URL of the next page; null on the last one. */
  next: string | null
}

/** A page of the list, and the link to the next one. */
export function RoomItems({ view, rooms, next }: RoomListProps) {
  const { page } = view.words
  return (
    <>
      {rooms.length === 0 && <p>{page.noneFound}</p>}
      <ul class="choices">
        {rooms.map((room) => (
          <RoomItem view={view} room={room} />
        ))}
      </ul>
      {next !== null && <MoreLink path={next}>{page.moreRooms}</MoreLink>}
    </>
  )
}

function RoomItem({ view, room }: { view: View; room: ListedRoom }) {
  const { language, paths, words } = view
  const { page } = words
  return (
    <li>
      <span>
        <b>
          {room.kind === 'open' ? '# ' : <Icon name="lock" />}{' '}
          {room.other === null ? <bdi translate="no">{room.name}</bdi> : <Name user={room.other} />}
        </b>{' '}
        {room.other === null && <small>{plural(language, room.members, page.memberCount)}</small>}
        <small dir="auto">{room.topic}</small>
      </span>
      {room.isMember ? (
        <a class="btn" href={paths.room(room.id)} data-room={room.id}>
          {page.open}
        </a>
      ) : room.isLocked ? (
        <small>{words.holds.isLocked}</small>
      ) : (
        <PanelForm action={paths.members(room.id)} submit={page.join} look="inline" />
      )}
    </li>
  )
}

function NewRoom({ view }: { view: View }) {
  const { page } = view.words
  return (
    <details class="new-room">
      <summary>{page.createRoom}</summary>
      <PanelForm action={view.paths.rooms()} submit={page.createRoom}>
        <div class="field">
          <label for="new-name">{page.roomName}</label>
          <input id="new-name" name="name" required dir="auto" autocomplete="off" />
        </div>
        <div class="field">
          <label for="new-topic">{page.topic}</label>
          <input
            id="new-topic"
            name="topic"
            dir="auto"
            autocomplete="off"
            maxlength={textLimits.topicUnitsMax}
          />
        </div>
        <KindChoice view={view} chosen="open" />
      </PanelForm>
    </details>
  )
}

/** Public, or by invitation. */
export function KindChoice({ view, chosen }: { view: View; chosen: RoomKind }) {
  const { page } = view.words
  return (
    <fieldset class="ways">
      <legend class="vh">{page.whoCanJoin}</legend>
      <label>
        <input type="radio" name="kind" value="open" checked={chosen === 'open'} />{' '}
        <b>{page.openRoom}</b>
        <small>{page.openRoomNote}</small>
      </label>
      <label>
        <input type="radio" name="kind" value="closed" checked={chosen === 'closed'} />{' '}
        <b>{page.closedRoom}</b>
        <small>{page.closedRoomNote}</small>
      </label>
    </fieldset>
  )
}
