import { Filled } from '../words/filled'
import { fill } from '../../src/shared/text'
import type { Message, Room } from '../../src/store/store'
import { Icon } from '../page/icons'
import { HoldNote, isHeld } from '../rooms/holds'
import { roomTitle } from '../rooms/room-title'
import { excerptOf } from '../../src/shared/markup/excerpt'
import type { View } from '../view'

/**
 * The form for new messages. It is never swapped, as that would lose the undo history and a Chinese
 * word that is being typed. Without JavaScript it is an ordinary form.
 */
export function Composer({ view, room, clientId, unsent, answers }: ComposerProps) {
  const { live, page } = view.words
  const isDirect = room.kind === 'direct'
  const isOver = room.pair?.[1].mark === 'left'
  const names = { room: roomTitle(room), name: roomTitle(room) }
  return (
    <form
      class={`compose${isDirect ? ' compose--private' : ''}${isOver ? ' compose--over' : ''}`}
      id="composer"
      method="post"
      enctype="multipart/form-data"
      action={view.paths.messages(room.id)}
      data-room={room.id}
      data-held={isHeld(room) ? 'yes' : undefined}
      data-max-upload={view.uploadBytesMax}
    >
      <input type="hidden" name="client_id" value={clientId} />
      <div class="options" id="options" role="listbox" hidden></div>
      <Chip view={view} />
      <ReplyLine view={view} />
      {answers !== null && <AnswerBox view={view} message={answers} />}
      <ul class="tray" id="tray" hidden></ul>
      <p class="problem" id="tray-problem" role="alert"></p>
      <noscript>
        <input class="compose__files" name="files" type="file" multiple aria-label={page.attach} />
      </noscript>
      <HoldNote view={view} room={room} />
      <div class="slab">
        <Field view={view} room={room} unsent={unsent} />
        <Tools view={view} />
        <button class="btn btn--icon btn--fill" id="send" type="submit">
          <Icon name="send" dir />
          <span class="vh">
            {isDirect ? <Filled text={fill(live.sendPrivately, names)} /> : page.send}
          </span>
        </button>
      </div>
      {unsent !== null && (
        <p class="problem" id="unsent-problem">
          {unsent.problem}
        </p>
      )}
      <div class="compose__foot">
        <p class="typing" id="typing" aria-hidden="true"></p>
        <p class="counter" id="counter" hidden></p>
      </div>
    </form>
  )
}

/** The field; a conversation with a person who has left is only for reading. */
function Field({ view, room, unsent }: Pick<ComposerProps, 'view' | 'room' | 'unsent'>) {
  const { live } = view.words
  const isDirect = room.kind === 'direct'
  const isOver = room.pair?.[1].mark === 'left'
  const secret = isOver ? live.conversationOver : live.privatePlaceholder
  const names = { room: roomTitle(room), name: roomTitle(room) }
  return (
    <>
      <label class="vh" for="content" id="content-label">
        <Filled text={fill(isDirect ? live.privatePlaceholder : live.fieldLabel, names)} />
      </label>
      <textarea
        id="content"
        name="content"
        rows={1}
        dir="auto"
        placeholder={fill(isDirect ? secret : live.placeholder, names)}
        disabled={isOver}
        readonly={isHeld(room)}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls="options"
        autofocus
        enterkeyhint={view.preferences.enter === 'sends' ? 'send' : 'enter'}
        aria-describedby={unsent === null ? 'counter' : 'counter unsent-problem'}
      >
        {unsent?.content}
      </textarea>
    </>
  )
}

/** The buttons below the field, and what the keys do. */
function Tools({ view }: { view: View }) {
  const { emoji, page } = view.words
  return (
    <>
      <div class="slab__tools">
        <input id="files" type="file" multiple hidden aria-label={page.attach} />
        <button class="btn btn--icon needs-script" id="clip" type="button" title={page.attach}>
          <Icon name="clip" />
          <span class="vh">{page.attach}</span>
        </button>
        <button
          class="btn btn--icon needs-script"
          id="emoji-button"
          type="button"
          aria-haspopup="dialog"
          aria-expanded="false"
          aria-keyshortcuts="Control+;"
          title={emoji.title}
        >
          <Icon name="face" />
          <span class="vh">{emoji.title}</span>
        </button>
      </div>
      <Hints view={view} />
    </>
  )
}

/** What the Enter key does; CSS shows the chosen one. */
function Hints({ view }: { view: View }) {
  const { page } = view.words
  return (
    <>
      <p class="hint hint--sends needs-script" aria-hidden="true">
        <kbd>Enter</kbd> {page.hintSend} · <kbd>Shift</kbd> <kbd>Enter</kbd> {page.hintLine}
      </p>
      <p class="hint hint--line needs-script" aria-hidden="true">
        <kbd>Ctrl</kbd> <kbd>Enter</kbd> {page.hintSend} · <kbd>Enter</kbd> {page.hintLine}
      </p>
    </>
  )
}

/** Above the field while it writes privately: to whom, and how to stop. */
function Chip({ view }: { view: View }) {
  const { page } = view.words
  return (
    <p class="chip" id="chip" hidden>
      <Icon name="lock" /> <span></span>
      <button class="chip__pin" type="button" aria-pressed="false">
        {page.pin}
      </button>
      <button class="chip__drop" type="button">
        <Icon name="close" />
        <span class="vh">{page.leavePrivate}</span>
      </button>
    </p>
  )
}

/** Above the field while it answers a message: which one, and how to stop. */
function ReplyLine({ view }: { view: View }) {
  return (
    <p class="chip chip--reply" id="reply" hidden>
      <Icon name="reply" dir /> <b></b> <span dir="auto"></span>
      <button class="chip__drop" type="button">
        <Icon name="close" />
        <span class="vh">{view.words.page.cancelReply}</span>
      </button>
    </p>
  )
}

/** Without JavaScript a message is answered on its own page. */
function AnswerBox({ view, message }: { view: View; message: Message }) {
  const { nickname: name } = message.sender
  return (
    <noscript>
      <label class="answer-box">
        <input type="checkbox" name="reply_to" value={message.seq} checked />{' '}
        <Filled text={fill(view.words.live.replyTo, { name })} />: {excerptOf(message.content)}
      </label>
    </noscript>
  )
}

/** A refused message, and the reason. */
export type Unsent = { content: string; problem: string }

type ComposerProps = {
  view: View
  room: Room
  clientId: string
  unsent: Unsent | null
  /** The message whose page this is, which the form can answer. */
  answers: Message | null
}
