import { hueOf } from '../../src/shared/text'
import type { Paths } from '../../src/shared/paths'
import type { Message } from '../../src/store/store'
import { Name } from '../people/avatar'
import { excerptOf } from '../../src/shared/markup/excerpt'

/**
 * One line of the answered message, as a link to it. If it was deleted, CSS says so in the reader's
 * language, as the row is the same for all.
 */
export function QuoteLine({ message, paths }: { message: Message; paths: Paths }) {
  const { quote, replyTo, room } = message
  if (replyTo === null) return <></>
  if (quote === null) return <span class="quote quote--gone" data-quote={replyTo}></span>
  return (
    <a
      class="quote"
      href={paths.message(room, replyTo)}
      data-quote={replyTo}
      data-of={quote.sender.id}
      hx-ignore=""
    >
      <b class={hueOf(quote.sender.id)}>
        <Name user={quote.sender} />
      </b>{' '}
      <span dir="auto">{excerptOf(quote.content)}</span>
    </a>
  )
}
