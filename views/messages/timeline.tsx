import { Filled } from '../words/filled'
import type { Child } from 'hono/jsx'
import { fill } from '../../src/shared/text'
import { can } from '../../src/shared/rights'
import { limits } from '../../src/shared/limits'
import type { Message, Room, User } from '../../src/store/store'
import { Icon } from '../page/icons'
import { nameIn } from '../people/avatar'
import { MessageRow } from './message'
import { FirstWords } from '../rooms/first-words'
import { isFolded, isLine, SystemRows } from './system-line'
import { roomTitle } from '../rooms/room-title'
import type { View } from '../view'

/** The list of messages, which is swapped as a whole. */
export function Timeline(props: TimelineProps) {
  const { room, view } = props
  return (
    <div
      id="timeline"
      data-room={room.id}
      data-kind={room.kind}
      data-name={room.pair === null ? room.name : room.pair[1].nickname}
      data-title={roomTitle(room)}
      data-person={room.pair?.[1].id}
      data-mark={room.pair?.[1].mark ?? undefined}
      data-revision={room.revision}
      data-read-seq={room.readSeq}
      data-unread={room.unread}
      data-unread-since={room.unreadSince ?? undefined}
      data-role={can(room.rank, 'room.switch') ? 'host' : 'member'}
      data-hold={room.hold === null ? undefined : JSON.stringify(room.hold)}
      data-private={can(room.rank, 'admin.open') ? undefined : view.privateMessages}
      data-created={room.createdAt}
      data-at={props.at ?? undefined}
      data-comings={room.showsComings ? undefined : 'false'}
    >
      <OlderMessages {...props} />
      <NewerLink {...props} />
    </div>
  )
}

/** What replaces `#older`: the rows of an older page, and the link before them. */
export function OlderMessages(props: PageProps) {
  const { view, room, messages, privateNotes, hasOlder } = props
  const first = messages[0]
  return (
    <>
      {hasOlder && first !== undefined ? (
        <Older view={view} room={room} firstSeq={first.seq} />
      ) : (
        <p class="start" data-revision={room.revision}>
          <Filled text={startOf(view, room)} />
        </p>
      )}
      {!hasOlder && messages.every(isLine) && privateNotes.length === 0 && (
        <FirstWords view={view} room={room} />
      )}
      <Rows {...props} />
    </>
  )
}

function startOf({ words: { live, page } }: View, room: Room): string {
  const title = roomTitle(room)
  if (room.kind === 'direct') return fill(page.directStart, { name: title })
  return fill(live.start, { room: title })
}

/** What replaces `#newer`: the rows of a newer page, and the link after them. */
export function NewerMessages(props: PageProps) {
  const { room, nextSeq } = props
  return (
    <>
      <Rows {...props} />
      <NewerLink {...props} />
      {nextSeq === null && <p id="newest" data-revision={room.revision} hidden></p>}
    </>
  )
}

function NewerLink({ view, room, messages, nextSeq }: PageProps) {
  const last = messages.at(-1)
  return nextSeq === null || last === undefined ? (
    <></>
  ) : (
    <Newer view={view} room={room} lastSeq={last.seq} />
  )
}

function Rows(props: PageProps) {
  const { view, messages, privateNotes } = props
  return (
    <>
      {notesBefore(privateNotes, messages[0]?.seq).map((note) => (
        <PrivateNote {...props} message={note} />
      ))}
      {messages.map((message, index) => (
        <>
          {message.system === null ? (
            <MessageRow
              message={message}
              paths={view.paths}
              follows={follows(messages[index - 1], message)}
            />
          ) : (
            <Lines {...props} index={index} />
          )}
          {notesBetween(privateNotes, message.seq, messages[index + 1]?.seq).map((note) => (
            <PrivateNote {...props} message={note} />
          ))}
        </>
      ))}
    </>
  )
}

/** The system lines that begin at a row; nothing when they began before it. */
function Lines({ index, ...props }: PageProps & { index: number }) {
  const { view, messages, privateNotes } = props
  const continues = (n: number): boolean => {
    const [previous, message] = [messages[n - 1], messages[n]]
    if (previous === undefined || message === undefined) return false
    const notes = notesBetween(privateNotes, previous.seq, message.seq)
    return isFolded(message, previous) && notes.length === 0
  }
  if (continues(index)) return <></>
  let end = index + 1
  while (continues(end)) end += 1
  return <SystemRows view={view} lines={messages.slice(index, end).filter(isLine)} />
}

/** A private message, shown in the room where it was written. */
function PrivateNote({ view, reader, message }: NoteProps) {
  const { sender, recipient } = message
  const other = sender.id === reader.id ? recipient : sender
  return (
    <PrivateNoteFrame
      view={view}
      name={other === null ? '' : nameIn(view.words, other)}
      after={message.writtenAfter ?? 0}
    >
      <MessageRow message={message} paths={view.paths} follows={false} />
    </PrivateNoteFrame>
  )
}

/** The frame around it; the browser fills an empty one. */
export function PrivateNoteFrame({ view, name, after, children }: FrameProps) {
  return (
    <section class="private-note" data-after={after}>
      <p class="private-note__label">
        <Icon name="lock" />{' '}
        <span>
          <Filled text={fill(view.words.live.onlyYouAnd, { name })} />
        </span>
      </p>
      {children}
    </section>
  )
}

/** The link to older messages, which the browser follows while scrolling. */
export function Older({ view, room, firstSeq }: { view: View; room: Room; firstSeq: number }) {
  const { paths, words } = view
  return (
    <MoreRows which="older" room={room} source={paths.older(room.id, firstSeq)}>
      <a class="btn" href={`${paths.room(room.id)}?before=${firstSeq}`}>
        {words.page.older}
      </a>
    </MoreRows>
  )
}

/** The link to newer messages, on a page that does not end with the newest. */
export function Newer({ view, room, lastSeq }: { view: View; room: Room; lastSeq: number }) {
  const { paths, words } = view
  return (
    <MoreRows which="newer" room={room} source={paths.newer(room.id, lastSeq)}>
      <a class="btn" href={paths.room(room.id)}>
        {words.page.latest}
      </a>
    </MoreRows>
  )
}

type MoreRowsProps = { which: 'older' | 'newer'; room: Room; source: string; children: Child }

/** An edge of the list; rows take its place when the browser reports that the reader is near. */
function MoreRows({ which, room, source, children }: MoreRowsProps) {
  return (
    <div
      class="older"
      id={which}
      data-revision={room.revision}
      hx-get={source}
      hx-trigger={which}
      hx-swap="outerHTML"
    >
      {children}
    </div>
  )
}

/** A page of a room's messages, oldest first. */
type PageProps = {
  view: View
  room: Room
  reader: User
  messages: Message[]
  /** Private messages of the reader that were written in this room between these. */
  privateNotes: Message[]
  hasOlder: boolean
  /** The seq of the next message after these; null when they end with the newest. */
  nextSeq: number | null
}

export type TimelineProps = PageProps & {
  /** The seq that was asked for; null for the end of the room. */
  at: number | null
}

type NoteProps = { view: View; reader: User; message: Message }

type FrameProps = { view: View; name: string; after: number; children?: unknown }

/** Whether a message shares the head of the previous one. */
function follows(previous: Message | undefined, message: Message): boolean {
  if (previous === undefined || previous.system !== null) return false
  const sameSender = previous.sender.id === message.sender.id
  return (
    sameSender &&
    message.replyTo === null &&
    message.createdAt - previous.createdAt < limits.groupMs
  )
}

function notesBefore(privateNotes: Message[], seq = Number.POSITIVE_INFINITY): Message[] {
  return privateNotes.filter(({ writtenAfter }) => (writtenAfter ?? 0) < seq)
}

function notesBetween(
  privateNotes: Message[],
  seq: number,
  next = Number.POSITIVE_INFINITY,
): Message[] {
  return privateNotes.filter(
    ({ writtenAfter }) => (writtenAfter ?? 0) >= seq && (writtenAfter ?? 0) < next,
  )
}
