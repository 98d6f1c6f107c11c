import { fill, plural } from '../../shared/text'
import type { App, Reading } from '../app'
import { element, nodesOf } from '../ui/dom'
import { list } from '../ui/rows'

/** The bar stays for so long after the room was read: until then it can be used. */
const barMs = 3_000

/** The bar that tells how many unread messages are above, and since when; the way to them. */
export function createUnreadBar(
  { clock, newLine, page }: App,
  onMarkRead: () => void,
): Reading['setBar'] {
  const bar = element('unread-bar', HTMLElement)
  const jump = bar.querySelector('.unread-bar__jump')
  let timer: Timer | undefined
  const stop = (): void => {
    clearTimeout(timer)
    timer = undefined
  }
  /** Not from under the hand that is about to use it. */
  const leaveSoon = (): void => {
    timer = setTimeout(() => {
      if (bar.matches(':hover, :focus-within')) leaveSoon()
      else newLine.leave()
    }, barMs)
  }
  const label = (): void => {
    if (bar.hidden) return
    const { unread, unreadSince } = list().dataset
    const sentence = plural(page.language, Number(unread), page.words.newSince)
    jump?.replaceChildren(...nodesOf(fill(sentence, { time: clock.time(Number(unreadSince)) })))
  }
  clock.onChange(label)
  jump?.addEventListener('click', newLine.seek)
  bar.querySelector('.unread-bar__read')?.addEventListener('click', onMarkRead)
  return (state) => {
    if (state === 'read') {
      if (timer === undefined) leaveSoon()
      return
    }
    stop()
    bar.hidden = state === 'gone'
    label()
  }
}
