import { Filled } from '../words/filled'
import { fill, plural } from '../../src/shared/text'
import type { Child } from 'hono/jsx'
import type { PresenceState } from '../../src/shared/protocol'
import type { Room, User } from '../../src/store/store'
import { DoorNotice } from '../administration/door'
import { Composer, type Unsent } from '../messages/composer'
import { ExportAway } from '../export/export-here'
import { Icon } from '../page/icons'
import { answerBy, PendingTemplate } from '../messages/message'
import { MessageForms } from '../messages/message-forms'
import { MessageTools } from '../messages/message-tools'
import { Page } from '../page/page'
import { PanelLink, PanelDialog } from '../page/panel'
import { AskedNotice } from '../people/add-device'
import { NoticePlace } from '../people/notices'
import { Avatar, Name } from '../people/avatar'
import {
  type ListedMember,
  OnlineCount,
  PeopleList,
  PeopleRail,
  type PeopleWindow,
} from '../people/people'
import { RoomState } from './room-life'
import { roomTitle } from './room-title'
import { QuoteLine } from '../messages/quote'
import type { InvitationsProps } from './invitations'
import { RoomsRail } from './rooms'
import { Newer, Older, PrivateNoteFrame, Timeline, type TimelineProps } from '../messages/timeline'
import { TopBar } from '../page/top-bar'
import { PaletteDialog } from '../search/search'
import type { View } from '../view'

/** The page of a room for one member. */
export function RoomPage(props: RoomPageProps) {
  const { view, reader, room, window } = props
  const { clientId, epoch } = props
  const asked = props.messages.find(({ seq, system }) => seq === props.at && system === null)
  const renewsIn = props.isRenewing ? 30 : undefined
  return (
    <Page view={view} title={roomTitle(room)} user={reader} epoch={epoch} renewsIn={renewsIn}>
      <div class="app" id="app">
        <TopBar view={view} user={reader} rooms={props.rooms} />
        <RoomsRail {...props} current={room.id} />
        <main class="chat">
          <RoomHead view={view} room={room} window={window} />
          <RoomState view={view} room={room} />
          <Log {...props}>
            {asked === undefined ? (
              <WithoutScript {...props} />
            ) : (
              <MessageForms {...props} message={asked} refused={props.refused ?? null} />
            )}
          </Log>
          <MessageTools view={view} />
          <ConnectionBar view={view} />
          <UnreadBar view={view} />
          <AskedNotice view={view} />
          <NoticePlace view={view} />
          {props.mayLetIn && <DoorNotice view={view} />}
          <p class="toast" id="toast" hidden></p>
          <p class="toast toast--undo" id="undo" hidden></p>
          <LatestPill view={view} />
          <Composer
            view={view}
            room={room}
            clientId={clientId}
            unsent={props.unsent ?? null}
            answers={asked ?? null}
          />
        </main>
        <PeopleRail view={view} {...window} />
      </div>
      <PanelDialog view={view} />
      <PaletteDialog view={view} />
      <ExportAway view={view} />
      <PendingTemplate view={view} user={reader} room={room} />
      <template id="quote-line">
        <QuoteLine message={answerBy(reader)} paths={view.paths} />
      </template>
      <template id="private-note">
        <PrivateNoteFrame view={view} name="" after={0} />
      </template>
      <template id="older-loader">
        <Older view={view} room={room} firstSeq={0} />
      </template>
      <template id="newer-loader">
        <Newer view={view} room={room} lastSeq={0} />
      </template>
    </Page>
  )
}

/** The parts of the page that differ in another room. */
export function RoomParts(props: TimelineProps & AroundProps) {
  return (
    <>
      <Timeline {...props} />
      <AroundRoom {...props} />
    </>
  )
}

/** The same without the messages: what a resume does not send again. */
export function AroundRoom({ view, room, window }: AroundProps) {
  return (
    <>
      <hx-partial hx-target="#head" hx-swap="outerHTML">
        <RoomHead view={view} room={room} window={window} />
      </hx-partial>
      <hx-partial hx-target="#room-state" hx-swap="outerHTML">
        <RoomState view={view} room={room} />
      </hx-partial>
      <hx-partial hx-target="#online-count" hx-swap="outerHTML">
        <OnlineCount {...window} />
      </hx-partial>
      <hx-partial hx-target="#people-list" hx-swap="outerHTML">
        <PeopleList view={view} {...window} />
      </hx-partial>
    </>
  )
}

type AroundProps = Pick<TimelineProps, 'view' | 'room'> & {
  /** The first of the room's people. */
  window: PeopleWindow
}

type RoomPageProps = TimelineProps &
  AroundProps &
  InvitationsProps & {
    rooms: Room[]
    inAll: number
    /** How many people are online in each of them. */
    counts: ReadonlyMap<number, number>
    /** The states of the other people of direct rooms. */
    states: ReadonlyMap<number, PresenceState>
    /** Without JavaScript: the page reloads itself every now and then. */
    isRenewing: boolean
    /** Without JavaScript: the client id of a message that is sent from this page. */
    clientId: string
    epoch: string
    /** The reader may let people in who ask. */
    mayLetIn: boolean
    /** Without JavaScript: a message that was refused. */
    unsent?: Unsent | null
    /** Without JavaScript: a refused edit of the message at `at`. */
    refused?: Unsent | null
  }

/** Reloading would discard what is being typed, so it only happens on request. */
function WithoutScript({ view, room, isRenewing }: RoomPageProps) {
  const { page } = view.words
  const path = view.paths.room(room.id)
  return (
    <noscript>
      <p class="note">
        {isRenewing ? page.autoReloading : page.noScript}{' '}
        <a href={isRenewing ? path : `${path}?renew`}>
          {isRenewing ? page.stopAutoReload : page.autoReload}
        </a>
      </p>
    </noscript>
  )
}

type HeadProps = { view: View; room: Room; window: PeopleWindow }

function RoomHead({ view, room, window: { online, people } }: HeadProps) {
  const { live, page } = view.words
  const other = room.pair?.[1] ?? null
  return (
    <header
      class="head"
      id="head"
      hx-get={view.paths.around(room.id)}
      hx-trigger="renew"
      hx-swap="none"
    >
      {other === null ? (
        <h1>
          <Icon name={room.group !== null ? 'people' : room.kind === 'open' ? 'room' : 'lock'} />
          <bdi translate="no">{room.name}</bdi>
        </h1>
      ) : (
        <h1 data-person={other.id} data-state={stateOf(people, other)}>
          <span class="who">
            <Avatar user={other} size="small" />
            <i></i>
          </span>
          <Name user={other} />
        </h1>
      )}
      {other?.mark === null && (
        <p class="head__away" dir="auto">
          <Filled text={fill(live.offlineNote, { name: other.nickname })} />
        </p>
      )}
      <p dir="auto">
        {other === null ? topicOf(view, room) : <Filled text={directNote(view, other)} />}
      </p>
      <span id="head-online" hidden={other !== null}>
        {plural(view.language, online, live.online)}
      </span>
      <PanelLink look="btn btn--icon" path={view.paths.settings(room.id)} title={page.roomSettings}>
        <Icon name="more" />
        <span class="vh">{page.roomSettings}</span>
      </PanelLink>
    </header>
  )
}

function stateOf(people: ListedMember[], { id }: User): PresenceState {
  return people.find(({ user }) => user.id === id)?.state ?? 'offline'
}

/** A group has no topic. */
function topicOf({ words }: View, { group, topic }: Room): string {
  return group === null ? topic : words.groups.note
}

function directNote({ words: { live, page } }: View, { mark, nickname: name }: User): string {
  if (mark === 'left') return fill(live.conversationOver, { name })
  return mark === 'new' ? fill(page.isNew, { name }) : page.directNote
}

function Log(props: TimelineProps & { children: Child }) {
  const { view, room } = props
  const { live } = view.words
  const label = fill(live.messagesIn, { room: roomTitle(room) })
  return (
    <div class="log" id="log" tabindex={0} role="log" aria-live="off" aria-label={label}>
      <Timeline {...props} />
      {props.children}
    </div>
  )
}

function ConnectionBar({ view }: { view: View }) {
  const { page } = view.words
  return (
    <div class="connection" id="connection" hidden>
      <span>{page.reconnecting}</span>{' '}
      <button type="button" data-action="reconnect">
        {page.retryNow}
      </button>
    </div>
  )
}

/** Shown when a room with many unread messages is opened: how many, and since when. */
function UnreadBar({ view }: { view: View }) {
  const { page } = view.words
  return (
    <div class="unread-bar" id="unread-bar" hidden>
      <button class="unread-bar__jump" type="button"></button>
      <button class="unread-bar__read" type="button">
        {page.markRead}
      </button>
    </div>
  )
}

function LatestPill({ view }: { view: View }) {
  return (
    <button class="btn latest" id="latest" type="button" hidden>
      <Icon name="down" />
      <span>{view.words.page.latest}</span>
    </button>
  )
}
