import { limits } from '../../shared/limits'
import { fill, sizeOf } from '../../shared/text'
import type { App, OutboxFile, Tray } from '../app'
import { announce, closest, copyOf, element } from '../ui/dom'
import { isComposing } from '../ui/keys'
import { newId } from '../ui/new-id'
import { roomTitle } from '../ui/rows'
import type { KeptFiles } from './kept-files'
import { canShrink, mayTellPlace } from './shrink'
import type { MediaWords } from './uploads'

type State = {
  words: MediaWords
  kept: KeptFiles
  composer: App['composer']
  rooms: Map<number, OutboxFile[]>
  room: number
}

/**
 * The files chosen, dropped or pasted for the next message of a room: each with its picture, name,
 * size, description, and a button to remove it. Nothing is sent before Enter.
 */
export function createTray(
  words: MediaWords,
  kept: KeptFiles,
  { composer, timeline }: App,
): Tray & { add: (files: File[]) => void } {
  const state: State = { words, kept, composer, rooms: new Map(), room: timeline.room() }
  watchDrops(state)
  watchPastes(state)
  return {
    add: (files) => add(state, files),
    isEmpty: () => itemsOf(state).length === 0,
    take() {
      const items = itemsOf(state)
      for (const { key } of items) void kept.persist(key)
      state.rooms.delete(state.room)
      show(state)
      return items
    },
    setRoom(next) {
      state.room = next
      complain('')
      show(state)
    },
  }
}

function itemsOf({ rooms, room }: State): OutboxFile[] {
  return rooms.get(room) ?? []
}

function add(state: State, files: File[]): void {
  const { composer, kept, words } = state
  const items = [...itemsOf(state)]
  const problems = new Set<string>()
  for (const file of files) {
    const problem = problemOf(words, file, items.length)
    if (problem !== null) {
      problems.add(problem)
      continue
    }
    const { name, size, type } = file
    const item = { key: newId(), id: '', name: name || 'picture.png', type, size }
    items.push({ ...item, description: '', isOriginal: false })
    kept.keep(item.key, file)
  }
  state.rooms.set(state.room, items)
  complain([...problems].join(' '))
  show(state)
  if (items.length > 0) announce(fill(words.ready, { n: items.length }))
  composer.focus()
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

/** Says what was not added, until the next attempt. */
function complain(sentence: string): void {
  element('tray-problem', HTMLElement).textContent = sentence
}

function show(state: State): void {
  const tray = element('tray', HTMLElement)
  const items = itemsOf(state)
  const known = new Map([...tray.children].map((row) => [row.getAttribute('data-key'), row]))
  tray.replaceChildren(...items.map((item) => known.get(item.key) ?? makeRow(state, item)))
  tray.hidden = items.length === 0
}

function makeRow(state: State, item: OutboxFile): HTMLElement {
  const { kept, words } = state
  const row = copyOf('tray-item')
  row.dataset.key = item.key
  row.querySelector('bdi')?.replaceChildren(item.name)
  row.querySelector('.tray__size')?.replaceChildren(sizeOf(item.size))
  const warn = (isReadable: boolean): void => {
    const isHidden = !mayTellPlace(item, isReadable)
    row.querySelector('.tray__note')?.toggleAttribute('hidden', isHidden)
  }
  warn(item.type !== '')
  const thumb = row.querySelector('img')
  if (item.type.startsWith('image/')) void showThumb(kept, thumb, item.key, warn)
  const description = row.querySelector<HTMLInputElement>('.tray__words')
  description?.addEventListener('input', () => {
    item.description = description.value.slice(0, limits.descriptionUnitsMax)
  })
  description?.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || isComposing(event)) return
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
  remove?.querySelector('.vh')?.replaceChildren(fill(words.remove, { name: item.name }))
  remove?.addEventListener('click', () => {
    const left = itemsOf(state).filter(({ key }) => key !== item.key)
    state.rooms.set(state.room, left)
    kept.forget(item.key)
    complain('')
    show(state)
    state.composer.focus()
  })
  return row
}

async function showThumb(
  kept: KeptFiles,
  thumb: HTMLImageElement | null,
  key: string,
  warn: (isReadable: boolean) => void,
): Promise<void> {
  // A picture that the browser cannot show is listed like any other file.
  thumb?.addEventListener('error', () => {
    thumb.hidden = true
    warn(false)
  })
  const url = await kept.url(key)
  if (thumb === null || url === null) return
  thumb.src = url
  thumb.hidden = false
}

/** Files that are dropped anywhere on the chat go into the tray. */
function watchDrops(state: State): void {
  const { composer, words } = state
  const target = element('drop', HTMLElement)
  document.querySelector('.chat')?.append(target)
  let timer: Timer | undefined
  const hide = (): void => void (target.hidden = true)
  const filesOf = ({ dataTransfer }: DragEvent): DataTransfer | null =>
    !isBusy() && dataTransfer?.types.includes('Files') === true ? dataTransfer : null
  const offer = (event: DragEvent): void => {
    if (filesOf(event) === null) return
    event.preventDefault()
    const to = composer.addressee()
    const names = { room: roomTitle(), name: to?.name ?? '' }
    const sentence = to === null ? words.dropHere : words.dropPrivately
    target.firstElementChild?.replaceChildren(fill(sentence, names))
    target.hidden = false
    // The event repeats as long as the files are over the page.
    clearTimeout(timer)
    timer = setTimeout(hide, goneMs)
  }
  for (const type of ['dragenter', 'dragover'] as const) document.addEventListener(type, offer)
  document.addEventListener('drop', (event) => {
    const dropped = filesOf(event)
    if (dropped === null) return
    event.preventDefault()
    hide()
    const folders = [...dropped.items].filter(
      (item) => item.webkitGetAsEntry?.()?.isDirectory === true,
    )
    const names = new Set(folders.map((item) => item.getAsFile()?.name))
    add(
      state,
      [...dropped.files].filter(({ name }) => !names.has(name)),
    )
    if (folders.length > 0) complain(words.folder)
  })
}

const goneMs = 400

/** Files that are pasted go into the tray, unless another field has the focus. */
function watchPastes(state: State): void {
  document.addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])]
    const field = closest(event.target, 'input, textarea')
    const isElsewhere = field !== null && field.id !== 'content'
    // Cells of a table are text and a picture of it: the text is meant.
    const hasText = (event.clipboardData?.getData('text/plain') ?? '') !== ''
    if (files.length === 0 || hasText || isElsewhere || isBusy()) return
    event.preventDefault()
    add(state, files)
  })
}

function isBusy(): boolean {
  return document.querySelector('dialog[open]') !== null
}
