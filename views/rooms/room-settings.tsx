import { can } from '../../src/shared/rights'
import { plural } from '../../src/shared/text'
import { limits, textLimits } from '../../src/shared/limits'
import type { Notify, Room, User } from '../../src/store/store'
import { ExportHere } from '../export/export-here'
import { PanelForm, PanelHeading, PanelLink, PartHeading } from '../page/panel'
import { KeptOut, MemberItems, type MembersProps } from '../people/members'
import { ExportWays } from '../export/export-ways'
import { SwitchesForm } from './holds'
import { EndOfRoom, KindForm } from './room-life'
import { roomTitle } from './room-title'
import type { View } from '../view'

/** Everything one member may change about a room; the list of members, which is long, is last. */
export function RoomSettings(props: SettingsProps) {
  const { view, room, isFirst, isPage, messages } = props
  const { page } = view.words
  const isShared = room.kind !== 'direct'
  return (
    <div class="stack">
      <PanelHeading view={view} isQuiet>
        <bdi translate="no">{roomTitle(room)}</bdi>
      </PanelHeading>
      {isShared && room.topic !== '' && (
        <p class="topic" dir="auto">
          {room.topic}
        </p>
      )}
      <NotifyForm view={view} room={room} />
      {!isShared && <GroupForm view={view} room={room} />}
      {isShared && <InviteLink view={view} room={room} isPage={isPage} />}
      {isShared && <AboutForm view={view} room={room} />}
      {isShared && can(room.rank, 'room.switch') && (
        <SwitchesForm view={view} room={room} isFirst={isFirst} />
      )}
      {isShared && !isFirst && <KindForm view={view} room={room} />}
      <PartHeading view={view}>{view.words.exporting.title}</PartHeading>
      <ExportWays view={view} room={room} messages={messages} />
      <ExportHere view={view} />
      {isShared && !isFirst && <EndOfRoom view={view} room={room} isPage={isPage} />}
      {(isShared || room.group !== null) && !isFirst && (
        <PanelForm action={view.paths.leave(room.id)} submit={page.leaveRoom} look="danger" />
      )}
      {room.pair === null && <PartHeading view={view}>{page.members}</PartHeading>}
      {room.pair === null && <MemberItems {...props} />}
      <KeptOut {...props} />
    </div>
  )
}

type SettingsProps = MembersProps & {
  /** The first room, which nobody can leave. */
  isFirst: boolean
  /** How many messages an export has; null when unknown. */
  messages: number | null
  /** Those who may not come back, for people who may change that. */
  keptOut: User[]
}

/** Makes a conversation of its people and some more, which begins anew. */
function GroupForm({ view, room }: PartProps) {
  const { groups } = view.words
  return (
    <PanelForm action={view.paths.group(room.id)} submit={groups.add}>
      <input type="hidden" name="here" value="yes" />
      <div class="field">
        <label for="group-names">{groups.names}</label>
        <input id="group-names" name="names" required dir="auto" autocomplete="off" />
        <small>{plural(view.language, limits.groupMax, groups.addNote)}</small>
      </div>
    </PanelForm>
  )
}

type PartProps = { view: View; room: Room }

const choices: Notify[] = ['all', 'mentions', 'nothing']

function NotifyForm({ view, room }: PartProps) {
  const { page, notify } = view.words
  return (
    <PanelForm action={view.paths.notify(room.id)} submit={page.saveNotify}>
      <fieldset class="choice-column">
        <legend>{page.notifyHeading}</legend>
        {choices.map((choice) => (
          <label>
            <input type="radio" name="notify" value={choice} checked={room.notify === choice} />
            {` ${notify[choice]}`}
          </label>
        ))}
      </fieldset>
      {room.kind !== 'direct' && (
        <label>
          <input type="hidden" name="comings" value="no" />
          <input type="checkbox" name="comings" value="yes" checked={room.showsComings} />
          {` ${page.showComings}`}
        </label>
      )}
    </PanelForm>
  )
}

function AboutForm({ view, room }: PartProps) {
  const { page } = view.words
  const isHost = can(room.rank, 'room.rename')
  return (
    <PanelForm
      action={view.paths.room(room.id)}
      submit={isHost ? page.saveNameAndTopic : page.saveTopic}
    >
      {isHost && (
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
          maxlength={textLimits.topicUnitsMax}
        />
      </div>
    </PanelForm>
  )
}

/** Leads to inviting people, and to those who have not answered yet. */
function InviteLink({ view, room, isPage }: PartProps & { isPage: boolean }) {
  const path = view.paths.roomInvitations(room.id)
  const label = view.words.invitations.invitePeople
  return (
    <p class="settings__ways">
      {isPage ? (
        <a class="btn" href={path}>
          {label}
        </a>
      ) : (
        <PanelLink look="btn" path={path}>
          {label}
        </PanelLink>
      )}
    </p>
  )
}
