import { element } from './dom'
import type { Page } from './page'

/** What the window is called, and its icon: how much waits, seen from another window. */
export type Title = {
  setRoom: (name: string) => void
  setUnread: (meant: number, hasTalk: boolean) => void
}

/** Takes over the document's title, which ends in the name of the house. */
export function createTitle(page: Page): Title {
  const house = document.title.slice(document.title.lastIndexOf(' · ') + 3)
  const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]')
  let name = element('timeline', HTMLElement).dataset.title ?? ''
  let mark = ''
  const show = (): void => {
    document.title = `${mark}${name} · ${house}`
    const { icon: plain, iconUnread } = page.icons
    const wanted = mark === '' ? plain : iconUnread
    if (icon !== null && icon.getAttribute('href') !== wanted) icon.setAttribute('href', wanted)
  }
  return {
    setRoom(room) {
      name = room
      show()
    },
    setUnread(meant, hasTalk) {
      mark = meant > 0 ? `(${meant}) ` : hasTalk ? '• ' : ''
      show()
    },
  }
}
