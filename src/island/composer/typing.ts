import type { Connection } from '../net/connection'
import type { Typing } from '../app'
import { fill, plural } from '../../shared/text'
import { element } from '../ui/dom'
import type { Page } from '../ui/page'

/** Others are told at most this often that somebody is typing… */
const typingSendMs = 3_000
/** …that it ended after this long without a key… */
const typingIdleMs = 5_000
/** …and they forget it after this long without news. */
const typingForgetMs = 6_000

/** Makes both halves; `send` says whether it could. */
export function createTyping(page: Page, room: () => number, send: Connection['send']): Typing {
  const writers = new Map<number, Timer>()
  let told: number | null = null
  let toldAt = 0
  let idle: Timer | undefined
  const show = (): void => {
    const text = sentence(page, [...writers.keys()])
    element('typing', HTMLElement).textContent = text
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
    changed(target, text) {
      if (text.trim() === '') return stopped()
      clearTimeout(idle)
      idle = setTimeout(stopped, typingIdleMs)
      if (told === target && performance.now() - toldAt < typingSendMs) return
      if (told !== null && told !== target) stopped()
      if (!send({ type: 'typing', room: target, active: true })) return
      told = target
      toldAt = performance.now()
    },
    onTyping(where, user, isActive) {
      if (where !== room() || user === page.user?.id) return
      clearTimeout(writers.get(user))
      if (!isActive) return forget(user)
      writers.set(
        user,
        setTimeout(() => forget(user), typingForgetMs),
      )
      show()
    },
    arrived: forget,
    clear() {
      for (const timer of writers.values()) clearTimeout(timer)
      writers.clear()
      show()
    },
  }
}

function sentence(page: Page, users: number[]): string {
  const names = users.flatMap(
    (user) => document.getElementById(`person-${user}`)?.dataset.name ?? [],
  )
  const { typingMany, typingOne, typingTwo } = page.words
  const [name, other] = names
  if (name === undefined) return ''
  if (other === undefined) return fill(typingOne, { name })
  if (names.length === 2) return fill(typingTwo, { name, other })
  return plural(page.language, names.length, { one: typingMany, other: typingMany })
}
