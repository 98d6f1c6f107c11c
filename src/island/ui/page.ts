import { isLanguage } from '../../shared/languages'
import type { Words } from '../../../views/words'
import { element } from './dom'

/** What the server wrote on the page for the script. */
export type Page = ReturnType<typeof readPage>
export type Reader = NonNullable<Page['user']>

/** Reads the attributes of <body>; `user` is null on the sign-in page. */
export function readPage() {
  const {
    base = '/',
    language,
    instance = '',
    epoch = '',
    build = '',
    ...rest
  } = document.body.dataset
  const { icon = '', iconUnread = '', nickname = '' } = rest
  const id = Number(rest.user)
  const words: Words['live'] = JSON.parse(rest.words ?? '{}')
  /** Addresses of the lazy parts, by name. */
  const lazy: Record<string, string> = JSON.parse(rest.lazy ?? '{}')
  return {
    base,
    language: isLanguage(language) ? language : 'en',
    words,
    instance,
    user: id > 0 ? { id, nickname } : null,
    epoch,
    build,
    icons: { icon, iconUnread },
    lazy,
  }
}

export type Title = ReturnType<typeof createTitle>

/** The title and the icon of the window tell how much is unread; the title ends in the server's. */
export function createTitle({ icons }: Page) {
  const server = document.title.slice(document.title.lastIndexOf(' · ') + 3)
  const icon = document.querySelector('link[rel=icon]')
  let name = element('timeline', HTMLElement).dataset.title ?? ''
  let mark = ''
  const show = (): void => {
    document.title = `${mark}${name} · ${server}`
    const wanted = mark === '' ? icons.icon : icons.iconUnread
    if (icon?.getAttribute('href') !== wanted) icon?.setAttribute('href', wanted)
  }
  return {
    setRoom(room: string): void {
      name = room
      show()
    },
    setUnread(meant: number, hasTalk: boolean): void {
      mark = meant > 0 ? `(${meant}) ` : hasTalk ? '• ' : ''
      show()
    },
  }
}
