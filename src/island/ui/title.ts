import { element } from './dom'
import type { Page } from './page'

/** The title and the icon of the window tell how much is unread. */
export type Title = {
  setRoom: (name: string) => void
  setUnread: (meant: number, hasTalk: boolean) => void
}

/** The document's title ends in the server's name. */
export function createTitle(page: Page): Title {
  const server = document.title.slice(document.title.lastIndexOf(' · ') + 3)
  const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]')
  let name = element('timeline', HTMLElement).dataset.title ?? ''
  let mark = ''
  const show = (): void => {
    document.title = `${mark}${name} · ${server}`
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
