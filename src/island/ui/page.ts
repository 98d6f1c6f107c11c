import { isLanguage } from '../../shared/languages'
import type { Words } from '../../../views/words'
import { element } from './dom'

export type Page = ReturnType<typeof readPage>
export type Reader = NonNullable<Page['user']>

/** Reads what the server wrote on <body> for the script; `user` is null on the sign-in page. */
export function readPage() {
  const { dataset } = document.body
  const { base = '/', build = '', epoch = '', instance = '' } = dataset
  const { icon = '', iconUnread = '', nickname = '' } = dataset
  const id = Number(dataset.user)
  const user = id > 0 ? { id, nickname } : null
  const language = isLanguage(dataset.language) ? dataset.language : 'en'
  const words: Words['live'] = JSON.parse((dataset.words ?? '{}').replaceAll('`', '"'))
  /** Addresses of the lazy parts, by name. */
  const lazy: Record<string, string> = JSON.parse(dataset.lazy ?? '{}')
  return { base, build, epoch, icons: { icon, iconUnread }, instance, language, lazy, user, words }
}

export type Title = ReturnType<typeof createTitle>

/** The title and the icon of the window tell the room and how much is unread. */
export function createTitle({ icons }: Page) {
  const server = document.title.slice(document.title.lastIndexOf(' · ') + 3)
  const icon = document.querySelector('link[rel=icon]')
  let mark = ''
  const show = (): void => {
    const room = element('timeline', HTMLElement).dataset.title
    document.title = `${mark}${room} · ${server}`
    const wanted = mark === '' ? icons.icon : icons.iconUnread
    if (icon?.getAttribute('href') !== wanted) icon?.setAttribute('href', wanted)
  }
  return {
    setRoom: show,
    setUnread(meant: number, hasTalk: boolean): void {
      mark = meant > 0 ? `(${meant}) ` : hasTalk ? '• ' : ''
      show()
    },
  }
}
