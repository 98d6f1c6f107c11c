import type { Room } from '../src/store/store'
import { Icon } from './icons'
import type { View } from './view'
import { fill } from './words'

/**
 * The field for writing. It is never replaced while the page lives, because undo history and a
 * half-typed Chinese word would be lost. Without JavaScript it is an ordinary form.
 */
export function Composer({ view, room, clientId, unsent }: ComposerProps) {
  const { page } = view.words
  return (
    <form
      class="compose"
      id="composer"
      method="post"
      action={view.paths.messages(room.id)}
      data-room={room.id}
    >
      <input type="hidden" name="client_id" value={clientId} />
      <div class="slab">
        <label class="vh" for="content">
          {fill(page.fieldLabel, { room: room.name })}
        </label>
        <textarea
          id="content"
          name="content"
          rows={1}
          placeholder={fill(page.placeholder, { room: room.name })}
          autofocus
          enterkeyhint="send"
          aria-describedby={unsent === null ? 'counter' : 'counter unsent-problem'}
        >
          {unsent?.content}
        </textarea>
        <button class="btn btn--icon btn--fill" id="send" type="submit">
          <Icon name="send" dir />
          <span class="vh">{page.send}</span>
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
        <p class="hint" aria-hidden="true">
          <kbd>Enter</kbd> {page.hintSend} · <kbd>Shift</kbd> <kbd>Enter</kbd> {page.hintLine}
        </p>
      </div>
    </form>
  )
}

/** A refused message comes back to its writer with the reason. */
export type Unsent = { content: string; problem: string }

type ComposerProps = { view: View; room: Room; clientId: string; unsent: Unsent | null }
