import type { Connection } from '../net/connection'
import { fill, plural } from '../../shared/text'
import { element, nodesOf } from '../ui/dom'
import type { Page } from '../ui/page'

/** Others are told at most this often that somebody is typing… */
const typingSendMs = 3_000
/** …that it ended after this long without a key… */
const typingIdleMs = 5_000
/** …and they forget it after this long without news. */
const typingForgetMs = 6_000

export type Typing = ReturnType<typeof createTyping>

/** Who is typing, in both directions; `send` says whether it could. */
export function createTyping(page: Page, room: () => number, send: Connection['send']) {
  const writers = new Map<number, Timer>()
  let told: number | null = null
  let toldAt = 0
  let idle: Timer | undefined
  const show = (): void => {
    element('typing', HTMLElement).replaceChildren(...nodesOf(sentence(page, [...writers.keys()])))
  }
  const forget = (user: number): void => {
    clearTimeout(writers.get(user))
    if (writers.delete(user)) show()
  }
  const stopped = (): void => {
    clearTimeout(idle)
    if (told !== null) send({ type: 'typing', room: told, active: false })
    told = null
  }
  return {
    stopped,
    /** The text changed; `target` is the room of its destination. */
    changed(target: number, text: string): void {
      if (text.trim() === '') return stopped()
      if (told !== target) stopped()
      clearTimeout(idle)
      idle = setTimeout(stopped, typingIdleMs)
      if (told === target && performance.now() - toldAt < typingSendMs) return
      if (!send({ type: 'typing', room: target, active: true })) return
      told = target
      toldAt = performance.now()
    },
    onTyping(where: number, user: number, isActive: boolean): void {
      if (where !== room() || user === page.user?.id) return
      clearTimeout(writers.get(user))
      if (!isActive) return forget(user)
      const timer = setTimeout(() => forget(user), typingForgetMs)
      writers.set(user, timer)
      show()
    },
    arrived: forget,
    /** Another room is on the page. */
    clear(): void {
      stopped()
      ;[...writers.keys()].forEach(forget)
    },
  }
}

function sentence({ language, words }: Page, users: number[]): string {
  const names = users.flatMap((id) => document.getElementById(`person-${id}`)?.dataset.name ?? [])
  const [name, other = ''] = names
  if (name === undefined) return ''
  if (names.length === 1) return fill(words.typingOne, { name })
  if (names.length === 2) return fill(words.typingTwo, { name, other })
  return plural(language, names.length, { one: words.typingMany, other: words.typingMany })
}
