import type { ChatEvent, PresenceState } from '../../shared/protocol'
import { plural } from '../../shared/text'
import type { App, PeopleList } from '../app'
import { element } from '../ui/dom'
import type { Page } from '../ui/page'

type Moves = Pick<PeopleList, 'arrange' | 'renew' | 'showOnline' | 'typing'>

/** People came, went, or are typing. */
export function receivePeople({ rooms, timeline }: App, list: Moves, event: ChatEvent): void {
  switch (event.type) {
    case 'presence':
      setPresence(event.user, event.state)
      return list.arrange()
    case 'online':
      for (const [room, [count, checksum]] of Object.entries(event.rooms)) {
        rooms.setOnline(Number(room), count)
        list.showOnline({ id: Number(room), online: count, checksum })
      }
      return
    case 'typing':
      return list.typing.onTyping(event.room, event.user, event.active)
    case 'member.joined':
    case 'member.left':
    case 'member.changed':
      if (event.room !== timeline.room()) return
      if (event.type === 'member.left') removePerson(event.user)
      list.renew()
  }
}

/** Shows the presence of a person on the list, and on their private conversation. */
function setPresence(userId: number, state: PresenceState): void {
  for (const shown of document.querySelectorAll(`[data-person="${userId}"][data-state]`))
    shown.setAttribute('data-state', state)
}

export function removePerson(userId: number): void {
  for (const row of document.querySelectorAll(`#people .person[data-person="${userId}"]`))
    row.remove()
}

/** Shows how many people of the room on the page are online, and how many are not. */
export function showOnline({ language, words }: Page, count: number): void {
  element('online-count', HTMLElement).textContent = String(count)
  element('head-online', HTMLElement).textContent = plural(language, count, words.online)
  const { members } = element('people-list', HTMLElement).dataset
  const offline = Math.max(0, Number(members) - count)
  const heading = document.getElementById('offline-heading')
  heading?.toggleAttribute('hidden', offline === 0)
  heading?.firstElementChild?.replaceChildren(plural(language, offline, words.offline))
}
