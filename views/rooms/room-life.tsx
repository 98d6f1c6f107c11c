import { can } from '../../src/shared/rights'
import { fill } from '../../src/shared/text'
import type { Room } from '../../src/store/store'
import { ExportWays } from '../export/export-ways'
import { PanelForm, PanelHeading, PanelLink, PartHeading } from '../page/panel'
import type { View } from '../view'
import { Filled } from '../words/filled'
import { KindChoice } from './open-rooms'

type Props = { view: View; room: Room }

/** Who may come into the room, for its hosts. */
export function KindForm({ view, room }: Props) {
  if (!can(room.rank, 'room.kind')) return null
  const { page, roomLife } = view.words
  return (
    <>
      <PartHeading view={view}>{page.whoCanJoin}</PartHeading>
      <PanelForm action={view.paths.kind(room.id)} submit={roomLife.saveKind}>
        <KindChoice view={view} chosen={room.kind} />
        <small>{roomLife.kindNote}</small>
      </PanelForm>
    </>
  )
}

/** Archiving and deleting the room, for its hosts. */
export function EndOfRoom({ view, room, isPage }: Props & { isPage: boolean }) {
  const { roomLife } = view.words
  const path = view.paths.deleteRoom(room.id)
  return (
    <>
      {can(room.rank, 'room.archive') && room.archivedAt === null && (
        <>
          <PartHeading view={view}>{roomLife.end}</PartHeading>
          <ArchiveForm view={view} room={room} />
        </>
      )}
      {can(room.rank, 'room.delete') && (
        <p class="settings__ways">
          {isPage ? (
            <a class="btn" href={path}>
              {roomLife.deleteRoom}
            </a>
          ) : (
            <PanelLink look="btn" path={path}>
              {roomLife.deleteRoom}
            </PanelLink>
          )}
        </p>
      )}
    </>
  )
}

function ArchiveForm({ view, room }: Props) {
  const { roomLife } = view.words
  return (
    <PanelForm action={view.paths.archive(room.id)} submit={roomLife.archive} look="danger">
      <input type="hidden" name="archived" value="yes" />
      <small>{roomLife.archiveNote}</small>
    </PanelForm>
  )
}

/** Says below the head of a room that it is archived; its hosts can undo that. */
export function RoomState({ view, room }: Props) {
  const { roomLife } = view.words
  return (
    <div id="room-state">
      {room.archivedAt !== null && (
        <div class="room-state">
          <p>{roomLife.isArchived}</p>
          {can(room.rank, 'room.archive') && (
            <PanelForm action={view.paths.archive(room.id)} submit={roomLife.reopen} look="inline">
              <input type="hidden" name="archived" value="no" />
            </PanelForm>
          )}
        </div>
      )}
    </div>
  )
}

/** Makes somebody a host of the room, or takes that back. */
export function HostForm({ view, room, person, isHost }: Props & HostProps) {
  const { roomLife } = view.words
  return (
    <PanelForm
      action={view.paths.hosts(room.id)}
      submit={isHost ? roomLife.takeHost : roomLife.makeHost}
      look="danger"
    >
      <input type="hidden" name="user" value={person} />
      <input type="hidden" name="host" value={isHost ? 'no' : 'yes'} />
    </PanelForm>
  )
}

type HostProps = { person: number; isHost: boolean }

/** The export, and then the form that deletes the room for ever. */
export function DeleteRoom({ view, room, messages }: Props & DeleteProps) {
  const { roomLife } = view.words
  return (
    <div class="stack">
      <PanelHeading view={view}>{roomLife.deleteRoom}</PanelHeading>
      <p>
        <Filled text={fill(roomLife.deleteLead, { room: room.name })} />
      </p>
      <p>{roomLife.exportFirst}</p>
      <ExportWays view={view} room={room} messages={messages} />
      <PanelForm action={view.paths.deleteRoom(room.id)} submit={roomLife.deleteNow} look="danger">
        <div class="field">
          <label for="deleted-name">
            <Filled text={fill(roomLife.typeName, { room: room.name })} />
          </label>
          <input id="deleted-name" name="name" required dir="auto" autocomplete="off" />
        </div>
      </PanelForm>
    </div>
  )
}

type DeleteProps = {
  /** How many messages an export has; null when unknown. */
  messages: number | null
}
