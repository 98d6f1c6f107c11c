import { limits } from '../src/limits'
import type { Message, Room, User } from '../src/store/store'
import { Composer, type Unsent } from './composer'
import { Icon } from './icons'
import { MessageRow, PendingTemplate } from './message'
import { Page } from './page'
import { PeopleRail } from './people'
import { RoomsRail } from './rooms'
import { TopBar } from './top-bar'
import type { View } from './view'
import { fill, plural } from './words'

/** Takes a room as one member sees it; gives the page of the chat. */
export function RoomPage(props: RoomPageProps) {
  const { view, user, room, rooms, messages, people, online, hasOlder, clientId, epoch } = props
  const here = people.filter(({ id }) => online.has(id)).length
  return (
    <Page view={view} title={`#${room.name}`} user={user} epoch={epoch}>
      <div class="app" id="app">
        <TopBar view={view} user={user} />
        <RoomsRail view={view} rooms={rooms} current={room.id} online={here} />
        <main class="chat">
          <RoomHead view={view} room={room} online={here} />
          <Log view={view} room={room} messages={messages} hasOlder={hasOlder} />
          <ConnectionBar view={view} />
          <p class="toast" id="toast" hidden></p>
          <LatestPill view={view} />
          <Composer view={view} room={room} clientId={clientId} unsent={props.unsent ?? null} />
        </main>
        <PeopleRail view={view} people={people} online={online} />
      </div>
      <PendingTemplate view={view} user={user} room={room} />
      <template id="older-loader">
        <Older view={view} room={room} firstSeq={0} />
      </template>
    </Page>
  )
}

/** Takes a page of messages, oldest first; gives the list that is replaced as a whole. */
export function Timeline({ view, room, messages, hasOlder }: TimelineProps) {
  return (
    <div
      id="timeline"
      data-room={room.id}
      data-name={room.name}
      data-revision={room.revision}
      data-created={room.createdAt}
    >
      <OlderMessages view={view} room={room} messages={messages} hasOlder={hasOlder} />
    </div>
  )
}

/** Takes an older page; gives what stands in for `#older`: its rows and what is before them. */
export function OlderMessages({ view, room, messages, hasOlder }: TimelineProps) {
  const first = messages[0]
  return (
    <>
      {hasOlder && first !== undefined ? (
        <Older view={view} room={room} firstSeq={first.seq} />
      ) : (
        <p class="start">{fill(view.words.live.start, { room: room.name })}</p>
      )}
      {first === undefined && <p class="first-words">{view.words.page.firstWords}</p>}
      {messages.map((message, index) => (
        <MessageRow message={message} follows={follows(messages[index - 1], message)} />
      ))}
    </>
  )
}

type TimelineProps = { view: View; room: Room; messages: Message[]; hasOlder: boolean }

type RoomPageProps = TimelineProps & {
  user: User
  rooms: Room[]
  people: User[]
  online: ReadonlySet<number>
  /** A fresh id for the message a browser without JavaScript may send from this page. */
  clientId: string
  epoch: string
  /** Text that was refused, and why; only without JavaScript. */
  unsent?: Unsent | null
}

/** Two messages of one person within minutes share a picture and a name. */
function follows(previous: Message | undefined, message: Message): boolean {
  if (previous === undefined) return false
  const sameSender = previous.sender.id === message.sender.id
  return sameSender && message.createdAt - previous.createdAt < limits.groupMs
}

type OlderProps = { view: View; room: Room; firstSeq: number }

function Older({ view, room, firstSeq }: OlderProps) {
  const { paths, words } = view
  return (
    <div
      class="older"
      id="older"
      hx-get={paths.older(room.id, firstSeq)}
      hx-trigger="older"
      hx-swap="outerHTML"
    >
      <a class="btn" href={`${paths.room(room.id)}?before=${firstSeq}`}>
        {words.page.older}
      </a>
    </div>
  )
}

function RoomHead({ view, room, online }: { view: View; room: Room; online: number }) {
  return (
    <header class="head">
      <h1>
        # <bdi>{room.name}</bdi>
      </h1>
      <p dir="auto">{room.topic}</p>
      <span id="head-online">{plural(view.language, online, view.words.live.online)}</span>
    </header>
  )
}

function Log({ view, room, messages, hasOlder }: TimelineProps) {
  const { page } = view.words
  const label = fill(page.messagesIn, { room: room.name })
  return (
    <div class="log" id="log" tabindex={0} role="log" aria-live="off" aria-label={label}>
      <Timeline view={view} room={room} messages={messages} hasOlder={hasOlder} />
      <noscript>
        <p class="start">{page.noScript}</p>
      </noscript>
    </div>
  )
}

function ConnectionBar({ view }: { view: View }) {
  const { live } = view.words
  return (
    <div class="connection" id="connection" hidden>
      <span>{live.reconnecting}</span>{' '}
      <button type="button" data-action="reconnect">
        {live.retryNow}
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
