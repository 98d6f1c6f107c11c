import { limits } from '../../shared/limits'
import { fill, sizeOf } from '../../shared/text'
import type { App, OutboxFile } from '../app'
import { announce, closest, copyOf, element, nodesOf, onClick } from '../ui/dom'
import { newId } from '../ui/storage'
import { roomTitle } from '../ui/rows'
import type { KeptFiles } from './kept-files'
import { canShrink, placeIsTold } from './shrink'
import type { MediaWords } from './uploads'

/** The drop target is hidden when no event says that files are over it. */
const goneMs = 400

type Add = (files: Iterable<File>, ...problems: string[]) => void

/** The files chosen, dropped or pasted for the next message of a room, which Enter sends. */
export function createTray(app: App, words: MediaWords, kept: KeptFiles) {
  const { composer, timeline } = app
  const tray = element('tray', HTMLElement)
  const rooms = new Map<number, Map<HTMLElement, File>>()
  let room = timeline.room()
  const filesHere = (): Map<HTMLElement, File> => rooms.get(room) ?? new Map()
  /** Shows the files of this room, and what was not added at the last attempt. */
  const show = (problem = ''): void => {
    tray.replaceChildren(...filesHere().keys())
    tray.hidden = tray.childElementCount === 0
    element('tray-problem', HTMLElement).replaceChildren(...nodesOf(problem))
  }
  const add: Add = (files, ...problems) => {
    const items = filesHere()
    for (const file of files) {
      const problem = problemOf(words, file, items.size)
      if (problem === null) items.set(makeRow(words, file), file)
      else if (!problems.includes(problem)) problems.push(problem)
    }
    rooms.set(room, items)
    show(problems.join(' '))
    if (items.size > 0) announce(fill(words.ready, { n: items.size }))
    composer.focus()
  }
  onClick(tray, 'button', (button) => {
    filesHere().delete(button.closest('li') ?? button)
    show()
    composer.focus()
  })
  const input = element('files', HTMLInputElement)
  input.addEventListener('change', () => {
    add(input.files ?? [])
    input.value = ''
  })
  watchDrops(words, composer, add)
  watchPastes(add)
  const setRoom = (next: number): void => {
    room = next
    show()
  }
  return {
    addTo(where: number, files: File[]): void {
      const here = room
      room = where
      add(files)
      if (here !== where) setRoom(here)
    },
    choose: () => input.click(),
    isEmpty: () => filesHere().size === 0,
    take(): OutboxFile[] {
      const items = [...filesHere()].map(([row, file]) => keepFile(kept, row, file))
      rooms.delete(room)
      show()
      return items
    },
    setRoom,
  }
}

/** Why a file cannot be added to so many others; null if it can. */
function problemOf(words: MediaWords, { name, size, type }: File, others: number): string | null {
  const max = Number(element('composer', HTMLElement).dataset.maxUpload)
  if (others >= limits.attachmentsMax) return fill(words.tooMany, { n: limits.attachmentsMax })
  if (size === 0) return fill(words.empty, { name })
  // A photo is made smaller before it is sent.
  if (size <= max || canShrink(type)) return null
  return fill(words.tooLarge, { name, size: sizeOf(size), limit: sizeOf(max) })
}

function makeRow(words: MediaWords, file: File): HTMLElement {
  const { name, size, type } = file
  const row = copyOf('tray-item')
  row.querySelector('bdi')?.replaceChildren(name)
  row.querySelector('.tray__size')?.replaceChildren(sizeOf(size))
  row.querySelector('button .vh')?.replaceChildren(...nodesOf(fill(words.remove, { name })))
  row.dataset.place = placeIsTold(file, type !== '')
  if (!canShrink(type)) row.querySelector('.tray__original')?.remove()
  const thumb = row.querySelector('img')
  if (thumb === null || !type.startsWith('image/')) return row
  thumb.src = URL.createObjectURL(file)
  thumb.hidden = false
  thumb.addEventListener('load', () => URL.revokeObjectURL(thumb.src))
  // A picture that the browser cannot show is listed like any other file.
  thumb.addEventListener('error', () => {
    thumb.hidden = true
    row.dataset.place = placeIsTold(file, false)
  })
  return row
}

/** Keeps a file until it is sent; gives it as the message has it. */
function keepFile(kept: KeptFiles, row: HTMLElement, file: File): OutboxFile {
  const { size, type } = file
  const [description, original] = row.querySelectorAll('input')
  // Some programs put pictures without a name on the clipboard.
  const item = { key: newId(), id: '', name: file.name || 'picture.png', type, size }
  kept.keep(item.key, file)
  return { ...item, description: description?.value ?? '', isOriginal: original?.checked === true }
}

function watchDrops(words: MediaWords, { addressee }: App['composer'], add: Add): void {
  const target = element('drop', HTMLElement)
  document.querySelector('.chat')?.append(target)
  let timer: Timer | undefined
  const hide = (): void => void (target.hidden = true)
  const offer = (): void => {
    const to = addressee()
    const names = { room: roomTitle(), name: to?.name ?? '' }
    const sentence = to === null ? words.dropHere : words.dropPrivately
    target.firstElementChild?.replaceChildren(...nodesOf(fill(sentence, names)))
    target.hidden = false
    // The event repeats as long as the files are over the page.
    clearTimeout(timer)
    timer = setTimeout(hide, goneMs)
  }
  const take = ({ items }: DataTransfer): void => {
    hide()
    const dropped = [...items].filter(({ kind }) => kind === 'file')
    const files = dropped
      .filter((item) => item.webkitGetAsEntry()?.isDirectory !== true)
      .flatMap((item) => item.getAsFile() ?? [])
    add(files, ...(files.length < dropped.length ? [words.folder] : []))
  }
  for (const type of ['dragenter', 'dragover', 'drop'] as const) {
    document.addEventListener(type, (event) => {
      const { dataTransfer } = event
      if (isBusy() || dataTransfer?.types.includes('Files') !== true) return
      event.preventDefault()
      if (type === 'drop') take(dataTransfer)
      else offer()
    })
  }
}

function watchPastes(add: Add): void {
  document.addEventListener('paste', (event) => {
    const { clipboardData: data, target } = event
    const isElsewhere = closest(target, 'input, textarea:not(#content)') !== null
    // Cells of a table are text and a picture of it: the text is meant.
    const hasFiles = data !== null && data.files.length > 0 && data.getData('text/plain') === ''
    if (!hasFiles || isElsewhere || isBusy()) return
    event.preventDefault()
    add(data.files)
  })
}

function isBusy(): boolean {
  return document.querySelector('dialog[open]') !== null
}
