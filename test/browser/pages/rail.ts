import type { BrowserPage } from '../../helpers/browser'
import { type Part, partBy, partOf } from './part'

export type Rail = {
  /** The button that opens the list of rooms to join and the form for a new one. */
  add: string
  current: Part
  /** What counts unread private messages. */
  directBadge: Part
  /** A room's link, by id or by name. */
  room: (id: number | string) => Part
  roomCalled: (name: string) => Part
  /** Opens a room by its link and waits until it is on the screen. */
  open: (id: number | string) => Promise<void>
  goTo: (name: string) => Promise<void>
  /** Waits until a room is on the screen. */
  opened: (id: number | string) => Promise<void>
  /** What invites into a room. */
  invitation: (room: string) => Part
  /** What stands at a room in the list; null when it is not in the list. */
  badge: (name: string) => Promise<{ isBold: boolean; number: string } | null>
  /** Waits until the room of this title is open, and marked in the list. */
  shows: (title: string, ms?: number) => Promise<void>
}

/** The list of rooms and of private conversations. */
export function railOf(page: BrowserPage): Rail {
  const roomCalled = (name: string): Part => {
    const js = `[...document.querySelectorAll('#rooms .item')]
      .find((item) => item.querySelector('bdi').textContent === ${JSON.stringify(name)})`
    return partBy(page, js, `the room ${name} in the list`)
  }
  const room = (id: number | string): Part => partOf(page, `#room-${id}`)
  const shows = (title: string, ms?: number): Promise<void> =>
    page.waitFor(
      `document.querySelector('#timeline').dataset.title === ${JSON.stringify(title)} &&
       document.querySelector('#rooms [aria-current]')?.id ===
         'room-' + document.querySelector('#timeline').dataset.room`,
      `the room ${title}`,
      ms,
    )
  return {
    add: '.rail__add',
    current: partOf(page, '#rooms [aria-current]'),
    directBadge: partOf(page, '#direct-list .badge:not([hidden])'),
    room,
    roomCalled,
    async open(id) {
      await room(id).press()
      const isOpen = `document.querySelector('#composer').dataset.room === '${id}'`
      await page.waitFor(isOpen, `room ${id}`)
    },
    opened: (id) =>
      page.waitFor(`document.querySelector('#timeline')?.dataset.room === '${id}'`, `room ${id}`),
    async goTo(name) {
      await roomCalled(name).press()
      await shows(`#${name}`)
    },
    invitation: (name) =>
      partBy(
        page,
        `[...document.querySelectorAll('#invitations .invitation')]
          .find((item) => item.querySelector('bdi').textContent === ${JSON.stringify(name)})`,
        `the invitation to ${name}`,
      ),
    async badge(name) {
      if (!(await roomCalled(name).isThere())) return null
      return roomCalled(name).ask((link) => {
        const badge = link.querySelector<HTMLElement>('.badge')
        const number = badge === null || badge.hidden ? '' : badge.textContent
        return { isBold: link.classList.contains('unread'), number }
      })
    },
    shows,
  }
}
