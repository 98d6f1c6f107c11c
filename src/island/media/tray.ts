import type { OutboxFile, Tray } from '../app'
import { fill, sizeOf } from '../../shared/text'
import { announce, copyOf, element } from '../ui/dom'
import { limits } from '../../shared/limits'
import type { KeptFiles } from './kept-files'
import type { MediaWords } from '../lazy/media'
import { newId } from '../ui/new-id'
import { mayTellPlace } from './place-note'
import { canShrink } from './shrink'

type Desk = {
  words: MediaWords
  kept: KeptFiles
  focus: () => void
  rooms: Map<number, OutboxFile[]>
  room: number
}

/**
 * The files that were chosen for the next message of a room, over the field: each with its picture,
 * name, size, words for those who cannot see it, and a way out. Nothing leaves before Enter.
 */
export function createTray(
  words: MediaWords,
  kept: KeptFiles,
  room: number,
  focus: () => void,
): Tray & { add: (files: File[]) => void } {
  const desk: Desk = { words, kept, focus, rooms: new Map(), room }
  return {
    add: (files) => add(desk, files),
    isEmpty: () => itemsOf(desk).length === 0,
    take() {
      const items = itemsOf(desk)
      for (const { key } of items) void kept.persist(key)
      desk.rooms.delete(desk.room)
      show(desk)
      return items
    },
    setRoom(next) {
      desk.room = next
      say('')
      show(desk)
    },
  }
}

function itemsOf({ rooms, room }: Desk): OutboxFile[] {
  const items = rooms.get(room) ?? []
  rooms.set(room, items)
  return items
}

function add(desk: Desk, files: File[]): void {
  const { words } = desk
  const items = itemsOf(desk)
  const max = Number(element('composer', HTMLElement).dataset.maxUpload)
  const problems: string[] = []
  for (const file of files) {
    const names = { name: file.name, size: sizeOf(file.size), limit: sizeOf(max) }
    const problem =
      items.length >= limits.attachmentsMax
        ? fill(words.tooMany ?? '', { n: limits.attachmentsMax })
        : file.size === 0
          ? fill(words.empty ?? '', names)
          : // A photo is made smaller before it is sent.
            file.size > max && !canShrink(file.type)
            ? fill(words.tooLarge ?? '', names)
            : null
    if (problem !== null) {
      problems.push(problem)
      continue
    }
    const key = newId()
    desk.kept.keep(key, file)
    const { name, size, type } = file
    items.push({
      key,
      id: '',
      name: name || 'picture.png',
      type,
      size,
      description: '',
      isOriginal: false,
    })
  }
  say([...new Set(problems)].join(' '))
  show(desk)
  if (items.length > 0) announce(fill(words.ready ?? '', { n: items.length }))
}

/** A sentence about what was not taken, until the next attempt. */
function say(sentence: string): void {
  element('tray-problem', HTMLElement).textContent = sentence
}

function show(desk: Desk): void {
  const tray = element('tray', HTMLElement)
  const items = itemsOf(desk)
  const known = new Map([...tray.children].map((row) => [row.getAttribute('data-key'), row]))
  tray.replaceChildren(...items.map((item) => known.get(item.key) ?? makeRow(desk, item)))
  tray.hidden = items.length === 0
}

function makeRow(desk: Desk, item: OutboxFile): HTMLElement {
  const row = copyOf('tray-item')
  row.dataset.key = item.key
  row.querySelector('bdi')?.replaceChildren(item.name)
  row.querySelector('.tray__size')?.replaceChildren(sizeOf(item.size))
  const note = row.querySelector<HTMLElement>('.tray__note')
  const warn = (isReadable: boolean): void => {
    if (note !== null) note.hidden = !mayTellPlace(item, isReadable)
  }
  const thumb = row.querySelector('img')
  warn(item.type !== '')
  if (item.type.startsWith('image/')) {
    // What the browser cannot show stands there as a file.
    thumb?.addEventListener('error', () => {
      thumb.hidden = true
      warn(false)
    })
    void desk.kept.url(item.key).then((url) => setThumb(thumb, url))
  }
  const description = row.querySelector<HTMLInputElement>('.tray__words')
  description?.addEventListener('input', () => {
    item.description = description.value.slice(0, limits.descriptionUnitsMax)
  })
  description?.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.isComposing) return
    event.preventDefault()
    element('composer', HTMLFormElement).requestSubmit()
  })
  const original = row.querySelector<HTMLInputElement>('.tray__original input')
  if (!canShrink(item.type)) original?.closest('label')?.remove()
  original?.addEventListener('change', () => {
    item.isOriginal = original.checked
    warn(thumb?.hidden === false)
  })
  const remove = row.querySelector<HTMLElement>('button')
  remove?.querySelector('.vh')?.replaceChildren(fill(desk.words.remove ?? '', { name: item.name }))
  remove?.addEventListener('click', () => {
    const left = itemsOf(desk).filter(({ key }) => key !== item.key)
    desk.rooms.set(desk.room, left)
    desk.kept.forget(item.key)
    say('')
    show(desk)
    desk.focus()
  })
  return row
}

function setThumb(thumb: HTMLImageElement | null, url: string | null): void {
  if (thumb === null || url === null) return
  thumb.src = url
  thumb.hidden = false
}
