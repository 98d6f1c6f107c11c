import { can } from '../../src/shared/rights'
import { fill } from '../../src/shared/text'
import type { Message, Room, User } from '../../src/store/store'
import type { Unsent } from './composer'
import { quickEmoji } from './message-tools'
import { Name } from '../people/avatar'
import { excerptOf } from '../../src/shared/markup/excerpt'
import type { View } from '../view'

/** Forms to change the message whose page this is, for browsers without JavaScript. */
export function MessageForms({ view, room, reader, message, refused }: MessageFormsProps) {
  const { paths, words } = view
  const isOwn = message.sender.id === reader.id
  const mayDelete = isOwn || can(room.rank, 'message.delete_others')
  const here = paths.message(room.id, message.seq)
  return (
    <noscript>
      <section class="forms" aria-label={words.page.messageTools}>
        <p>
          <b>
            <Name user={message.sender} />
          </b>{' '}
          {excerptOf(message.content)}
        </p>
        <form method="post" action={`${here}/reactions`}>
          {quickEmoji.map((emoji) => (
            <button
              class="btn"
              type="submit"
              name="emoji"
              value={emoji}
              aria-label={fill(words.page.reactWith, { emoji })}
            >
              {emoji}
            </button>
          ))}
        </form>
        {isOwn && (
          <form method="post" action={here}>
            <label for="edit-content">{words.live.editLabel}</label>
            <textarea id="edit-content" name="content" rows={3} dir="auto">
              {refused?.content ?? message.content}
            </textarea>
            {refused !== null && <p class="problem">{refused.problem}</p>}
            <button class="btn" type="submit">
              {words.page.save}
            </button>
          </form>
        )}
        {!isOwn && (
          <a class="btn" href={paths.report(room.id, message.seq)}>
            {words.acts.report}
          </a>
        )}
        {mayDelete && (
          <form method="post" action={`${here}/delete`}>
            <button class="btn" type="submit">
              {words.page.delete}
            </button>
          </form>
        )}
      </section>
    </noscript>
  )
}

type MessageFormsProps = {
  view: View
  room: Room
  reader: User
  message: Message
  refused: Unsent | null
}
