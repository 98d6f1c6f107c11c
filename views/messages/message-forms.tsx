import type { Message, Room, User } from '../../src/store/store'
import type { Unsent } from './composer'
import { quickEmoji } from './message-tools'
import { excerptOf } from '../text/excerpt'
import type { View } from '../view'
import { fill } from '../words'

/**
 * What one may do with a message whose page this is, as plain forms: only browsers without a script
 * show them. `refused` is an edit that came back with its reason.
 */
export function MessageForms({ view, room, reader, message, refused }: MessageFormsProps) {
  const { paths, words } = view
  const isOwn = message.sender.id === reader.id
  const mayDelete = isOwn || room.role === 'owner'
  const here = paths.message(room.id, message.seq)
  return (
    <noscript>
      <section class="forms" aria-label={words.page.messageTools}>
        <p>
          <b>{message.sender.nickname}</b> {excerptOf(message.content)}
        </p>
        <form method="post" action={`${here}/reactions`}>
          {quickEmoji.map((emoji) => (
            <button class="btn" type="submit" name="emoji" value={emoji}>
              {emoji}
            </button>
          ))}
        </form>
        {isOwn && (
          <form method="post" action={here}>
            <label for="edit-content">{words.live.editLabel}</label>
            <textarea id="edit-content" name="content" rows={3}>
              {refused?.content ?? message.content}
            </textarea>
            {refused !== null && <p class="problem">{refused.problem}</p>}
            <button class="btn" type="submit">
              {words.page.save}
            </button>
          </form>
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

/** Without a script a message is answered from its own page: the field says which. */
export function AnswerBox({ view, message }: { view: View; message: Message }) {
  const { nickname: name } = message.sender
  return (
    <noscript>
      <label class="answer-box">
        <input type="checkbox" name="reply_to" value={message.seq} checked />{' '}
        {fill(view.words.live.replyTo, { name })}: {excerptOf(message.content)}
      </label>
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
