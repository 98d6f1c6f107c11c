import { plural } from '../../src/shared/text'
import { limits } from '../../src/shared/limits'
import type { Notify, Room, User } from '../../src/store/store'
import { Avatar } from '../people/avatar'
import { ExportHere } from '../export/export-here'
import { PanelForm } from '../page/panel'
import { roomTitle } from './room-title'
import type { View } from '../view'

/** Everything one member may change about a room. */
export function RoomSettings(props: SettingsProps) {
  const { view, room, user, people, others, isFirst, messages } = props
  const { page } = view.words
  const isShared = room.kind !== 'direct'
  return (
    <div class="stack">
      <h2 id="panel-title">
        <bdi>{roomTitle(room)}</bdi>
      </h2>
      <NotifyForm view={view} room={room} />
      {isShared && <AboutForm view={view} room={room} />}
      {isShared && <InviteForm view={view} room={room} others={others} />}
      {isShared && <Members view={view} room={room} user={user} people={people} />}
      <h3>{view.words.exporting.title}</h3>
      <ExportWays view={view} room={room} messages={messages} />
      <ExportHere view={view} />
      {isShared && !isFirst && (
        <PanelForm action={view.paths.leave(room.id)} submit={page.leaveRoom} look="danger" />
      )}
    </div>
  )
}

type SettingsProps = {
  view: View
  room: Room
  user: User
  people: User[]
  /** Who may be invited. */
  others: User[]
  /** The first room, which nobody can leave. */
  isFirst: boolean
  /** How many messages an export has; null when unknown. */
  messages: number | null
}

type PartProps = { view: View; room: Room }

const choices: Notify[] = ['all', 'mentions', 'nothing']

function NotifyForm({ view, room }: PartProps) {
  const { page, notify } = view.words
  return (
    <PanelForm action={view.paths.notify(room.id)} submit={page.save} look="inline">
      <fieldset class="choice-row">
        <legend>{page.notifyHeading}</legend>
        {choices.map((choice) => (
          <label>
            <input type="radio" name="notify" value={choice} checked={room.notify === choice} />
            {` ${notify[choice]}`}
          </label>
        ))}
      </fieldset>
    </PanelForm>
  )
}

function AboutForm({ view, room }: PartProps) {
  const { page } = view.words
  return (
    <PanelForm action={view.paths.room(room.id)} submit={page.save}>
      {room.role === 'owner' && (
        <div class="field">
          <label for="room-name">{page.roomName}</label>
          <input id="room-name" name="name" value={room.name} required dir="auto" />
        </div>
      )}
      <div class="field">
        <label for="room-topic">{page.topic}</label>
        <input
          id="room-topic"
          name="topic"
          value={room.topic}
          dir="auto"
          maxlength={limits.topicUnitsMax}
        />
      </div>
    </PanelForm>
  )
}

function InviteForm({ view, room, others }: PartProps & { others: User[] }) {
  const { page } = view.words
  if (others.length === 0) return null
  return (
    <PanelForm action={view.paths.members(room.id)} submit={page.invite} look="inline">
      <div class="field">
        <label for="invited">{page.inviteSomeone}</label>
        <select id="invited" name="user" required>
          {others.map(({ id, nickname }) => (
            <option value={id}>{nickname}</option>
          ))}
        </select>
      </div>
    </PanelForm>
  )
}

function Members({ view, room, user, people }: PartProps & { user: User; people: User[] }) {
  const { page } = view.words
  return (
    <>
      <h3>{page.members}</h3>
      <ul class="choices">
        {people.map((person) => (
          <li>
            <span class="choices__who">
              <Avatar user={person} size="small" /> <bdi>{person.nickname}</bdi>
            </span>
            {room.role === 'owner' && person.id !== user.id && (
              <PanelForm action={view.paths.remove(room.id)} submit={page.remove} look="danger">
                <input type="hidden" name="user" value={person.id} />
              </PanelForm>
            )}
          </li>
        ))}
      </ul>
    </>
  )
}

/** Links to the exports; the script adds the reader's time zone. */
function ExportWays({ view, room, messages }: PartProps & Pick<SettingsProps, 'messages'>) {
  const { roomFile } = view.words
  const ways = [
    [view.paths.exportText(room.id), roomFile.asText],
    [view.paths.exportPage(room.id), roomFile.asPage],
  ] as const
  return (
    <div class="export" id="export-room">
      {messages !== null && <p>{plural(view.language, messages, roomFile.howMany)}</p>}
      <p class="export__ways">
        {ways.map(([href, label]) => (
          <a class="btn" href={href} download data-zoned="">
            {label}
          </a>
        ))}
      </p>
      <small>{roomFile.pageNote}</small>
      <p class="settings__note" id="export-begun" role="status" data-said={roomFile.begun}></p>
    </div>
  )
}
