import type { Message, Room } from '../../src/store/store'
import { Icon } from '../page/icons'
import { AnswerBox } from './message-forms'
import { roomTitle } from '../rooms/room-title'
import type { View } from '../view'
import { fill } from '../words'

/**
 * The field for writing. It is never replaced while the page lives, because undo history and a
 * half-typed Chinese word would be lost. Without JavaScript it is an ordinary form.
 */
export function Composer({ view, room, clientId, unsent, answers }: ComposerProps) {
  const { live, page } = view.words
  const isDirect = room.pair !== null
  const names = { room: roomTitle(room), name: roomTitle(room) }
  return (
    <form
      class={isDirect ? 'compose compose--private' : 'compose'}
      id="composer"
      method="post"
      enctype="multipart/form-data"
      action={view.paths.messages(room.id)}
      data-room={room.id}
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
      <div class="slab">
        <label class="vh" for="content" id="content-label">
          {fill(isDirect ? live.privatePlaceholder : live.fieldLabel, names)}
        </label>
        <textarea
          id="content"
          name="content"
          rows={1}
          placeholder={fill(isDirect ? live.privatePlaceholder : live.placeholder, names)}
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-controls="options"
          autofocus
          enterkeyhint={view.preferences.enter === 'sends' ? 'send' : 'enter'}
          aria-describedby={unsent === null ? 'counter' : 'counter unsent-problem'}
        >
          {unsent?.content}
        </textarea>
        <Tools view={view} />
        <button class="btn btn--icon btn--fill" id="send" type="submit">
          <Icon name="send" dir />
          <span class="vh">{isDirect ? fill(live.sendPrivately, names) : page.send}</span>
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

/** Under the words: what else goes into a message, each a button, and what the keys do. */
function Tools({ view }: { view: View }) {
  const { emoji, page } = view.words
  return (
    <>
      <div class="slab__tools">
        {/* What was chosen stands in the tray until it is sent. */}
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

/** What the Enter key does; the style shows the one that was chosen. */
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

/** Over the field while it writes privately: to whom, for how long, and the way out. */
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
        <span class="vh">{page.dropPrivate}</span>
      </button>
    </p>
  )
}

/** Over the field while it answers a message: which one, and the way out. */
function ReplyLine({ view }: { view: View }) {
  return (
    <p class="chip chip--reply" id="reply" hidden>
      <Icon name="reply" dir /> <b></b> <span dir="auto"></span>
      <button class="chip__drop" type="button">
        <Icon name="close" />
        <span class="vh">{view.words.page.dropReply}</span>
      </button>
    </p>
  )
}

/** A refused message comes back to its writer with the reason. */
export type Unsent = { content: string; problem: string }

type ComposerProps = {
  view: View
  room: Room
  clientId: string
  unsent: Unsent | null
  /** The message whose page this is. */
  answers: Message | null
}
