import { hueOf } from '../../src/shared/text'
import type { Child } from 'hono/jsx'
import { isLargeEmoji } from '../../src/shared/emoji'
import type { Paths } from '../../src/shared/paths'
import type { Message, Reaction, Room, User } from '../../src/store/store'
import { Attachments } from './attachments'
import { Avatar, Name } from '../people/avatar'
import { QuoteLine } from './quote'
import { sourceOf, Text } from '../text/text'
import type { View } from '../view'

/**
 * A message, the same for every reader: no language, time zone or mark of the reader's own, so that
 * one string serves the whole room. The browser adapts it.
 */
export function MessageRow({ message, paths, follows, children }: RowProps) {
  const { sender, clientId, content, attachments } = message
  const time = new Date(message.createdAt).toISOString().slice(11, 16)
  return (
    <article
      class={follows ? 'msg msg--follow' : 'msg'}
      id={`message-${sender.id}-${clientId}`}
      data-room={message.room}
      data-seq={message.seq}
      data-revision={message.revision === message.seq ? undefined : message.revision}
      data-user={sender.id}
      data-at={message.createdAt}
      data-edited={message.editedAt ?? undefined}
      data-source={sourceOf(message)}
      data-mentions={message.notifiedUserIds.join(' ') || undefined}
      data-written-in={message.writtenIn ?? undefined}
      data-written-after={message.writtenAfter ?? undefined}
      data-to={message.recipient?.id}
      data-to-name={message.recipient?.nickname}
    >
      <Avatar user={sender} />
      <div class="msg__main">
        <div class="msg__meta">
          <b class={hueOf(sender.id)}>
            <Name user={sender} isBare={follows} />
          </b>{' '}
          <a href={paths.message(message.room, message.seq)}>
            <time>{time}</time>
          </a>
        </div>
        {message.replyTo !== null && <QuoteLine message={message} paths={paths} />}
        <div class={bodyClass(content)} hx-ignore="" hidden={isWordless(message)}>
          <Text message={message} />
        </div>
        {attachments.length > 0 && <Attachments attachments={attachments} paths={paths} />}
        {message.reactions.length > 0 && <Reactions message={message} />}
        {children}
      </div>
    </article>
  )
}

/** Whether it has files and no text. */
function isWordless({ attachments, content }: Message): boolean {
  return attachments.length > 0 && content.trim() === ''
}

const namesShown = 20

/** The reactions of a message; the browser marks the reader's own. */
function Reactions({ message: { reactions } }: { message: Message }) {
  return (
    <div class="reactions">
      {reactions.map((reaction) => (
        <ReactionChip reaction={reaction} />
      ))}
    </div>
  )
}

function ReactionChip({ reaction: { emoji, people } }: { reaction: Reaction }) {
  const ids = people.map(({ id }) => id)
  return (
    <button class="reaction" type="button" data-emoji={emoji} data-people={ids.join(' ')}>
      {emoji} <span>{people.length}</span>
      <span class="reaction__who">
        {people.slice(0, namesShown).map((person, index) => (
          <>
            {index > 0 && ', '}
            <Name user={person} />
          </>
        ))}
        {people.length > namesShown && ' …'}
      </span>
    </button>
  )
}

const foldFromLines = 20
const foldFromUnits = 2_000

/** A few emoji alone are large; a long text is folded. */
export function bodyClass(content: string): string {
  if (isLargeEmoji(content)) return 'msg__body msg__body--emoji'
  const isLong = content.length > foldFromUnits || content.split('\n').length > foldFromLines
  return isLong ? 'msg__body msg__body--long' : 'msg__body'
}

/** The row that the browser fills for a message it is sending. */
export function PendingTemplate({ view, user, room }: { view: View; user: User; room: Room }) {
  const { live, page } = view.words
  return (
    <template id="pending-row">
      <MessageRow message={emptyMessage(user, room)} paths={view.paths} follows={false}>
        <p class="msg__state" hidden>
          <span></span>
          <span class="msg__waits">{live.willSend}</span>{' '}
          <button type="button" data-action="retry">
            {page.retry}
          </button>{' '}
          <button type="button" data-action="discard">
            {page.discard}
          </button>
        </p>
      </MessageRow>
    </template>
  )
}

type RowProps = { message: Message; paths: Paths; follows: boolean; children?: Child }

/** An empty answer, for the template of a quote. */
export function answerBy(sender: User): Message {
  return { ...emptyMessage(sender, { id: 0 }), replyTo: 1, quote: { sender, content: '' } }
}

function emptyMessage(sender: User, room: Pick<Room, 'id'>): Message {
  return {
    room: room.id,
    seq: 0,
    revision: 0,
    clientId: '',
    sender,
    content: '',
    replyTo: null,
    quote: null,
    mentions: [],
    attachments: [],
    notifiedUserIds: [],
    reactions: [],
    recipient: null,
    writtenIn: null,
    writtenAfter: null,
    system: null,
    createdAt: 0,
    editedAt: null,
    deletedAt: null,
  }
}
