import type { Addressee } from '../app'
import { fill } from '../../shared/text'
import { element } from '../ui/dom'
import { roomTitle } from '../composer/composer-label'
import type { MediaWords } from '../lazy/media'
import type { Page } from '../ui/page'

type DropHooks = { add: (files: File[]) => void; addressee: () => Addressee | null }

/** Files that are dropped anywhere on the chat, or pasted, go into the tray. */
export function watchDrops(_page: Page, words: MediaWords, { add, addressee }: DropHooks): void {
  const chat = document.querySelector<HTMLElement>('.chat')
  const target = element('drop', HTMLElement)
  if (chat === null) return
  chat.append(target)
  let timer: Timer | undefined
  const hide = (): void => void (target.hidden = true)
  const isBusy = (): boolean => document.querySelector('dialog[open]') !== null
  const offer = (event: DragEvent): void => {
    if (isBusy()) return
    if (event.dataTransfer?.types.includes('Files') !== true) return
    event.preventDefault()
    const to = addressee()
    const sentence = to === null ? words.dropHere : words.dropPrivately
    target.firstElementChild?.replaceChildren(
      fill(sentence ?? '', { room: roomTitle(), name: to?.name ?? '' }),
    )
    target.hidden = false
    // It comes several times a second as long as the files are over the page.
    clearTimeout(timer)
    timer = setTimeout(hide, goneMs)
  }
  for (const type of ['dragenter', 'dragover'] as const) document.addEventListener(type, offer)
  document.addEventListener('drop', (event) => {
    const { dataTransfer } = event
    if (isBusy()) return
    if (dataTransfer?.types.includes('Files') !== true) return
    event.preventDefault()
    hide()
    const folders = [...dataTransfer.items].filter(
      (item) => item.webkitGetAsEntry?.()?.isDirectory === true,
    )
    const names = new Set(folders.map((item) => item.getAsFile()?.name))
    add([...dataTransfer.files].filter(({ name }) => !names.has(name)))
    if (folders.length > 0) element('tray-problem', HTMLElement).textContent = words.folder ?? ''
    element('content', HTMLElement).focus()
  })
  document.addEventListener('paste', (event) => {
    const { clipboardData } = event
    const files = [...(clipboardData?.files ?? [])]
    const field = event.target instanceof Element ? event.target.closest('input, textarea') : null
    const isElsewhere = field !== null && field.id !== 'content'
    // Cells of a table come as words and as a picture of them: words were meant.
    const hasWords = (clipboardData?.getData('text/plain') ?? '') !== ''
    if (files.length === 0 || hasWords || isElsewhere || isBusy()) return
    event.preventDefault()
    add(files)
    element('content', HTMLElement).focus()
  })
}

const goneMs = 400
