import { rowsOf } from '../ui/rows'
import type { ManagedCopy } from './device-copy'
import type { App } from '../app'
import type { CopiedMessage } from './copied-message'
import { fill, plural } from '../../shared/text'
import { announce, element } from '../ui/dom'
import {
  exportName,
  exportHeading,
  exportMessage,
  offsetText,
  stampAhead,
} from '../../shared/export-text'
import type { Page } from '../ui/page'
import { readRow } from './copied-message'

/** The whole room comes as any other file does: that it has begun is said here. */
export function dressDownloads(): void {
  const note = document.getElementById('export-begun')
  for (const link of document.querySelectorAll('#export-room a[download]')) {
    link.addEventListener('click', () => note?.replaceChildren(note.dataset.said ?? ''))
  }
}

/** Fills in how much there is to save of the room on the page, and saves it when asked. */
export function dressExport(app: App, copy: ManagedCopy): void {
  const box = document.getElementById('export-here')
  if (!(box instanceof HTMLFieldSetElement)) return
  box.hidden = false
  const notes = [...document.querySelectorAll<HTMLElement>('#timeline .private-note .msg')]
  element('export-private-row', HTMLElement).hidden = notes.length === 0
  const show = (): void => {
    for (const range of ['loaded', 'device'] as const) {
      const label = element(`export-${range}`, HTMLElement)
      const n = messagesOf(app, copy, range).length.toLocaleString(app.page.language)
      label.textContent = fill(label.dataset.label ?? '', { n })
    }
  }
  show()
  box.addEventListener('change', show)
  const button = element('export-save', HTMLButtonElement)
  button.addEventListener('click', () => {
    button.disabled = true
    void save(app, copy, box.dataset).finally(() => (button.disabled = false))
  })
}

type Range = 'loaded' | 'device'
type Words = DOMStringMap

function messagesOf({ timeline }: App, copy: ManagedCopy, range: Range): CopiedMessage[] {
  if (range === 'device') return copy.read(timeline.room())
  const isPrivateToo = element('export-private', HTMLInputElement).checked
  const list = element('timeline', HTMLElement)
  const rows = isPrivateToo ? [...list.querySelectorAll<HTMLElement>('.msg')] : rowsOf(list)
  return rows.flatMap((row) => readRow(row) ?? [])
}

/** Builds the file in steps, so that the page stays quick, and hands it to the browser. */
async function save(app: App, copy: ManagedCopy, words: Words): Promise<void> {
  const { page } = app
  const isDevice = document.querySelector('#export-here [value=device]:checked') !== null
  const messages = messagesOf(app, copy, isDevice ? 'device' : 'loaded')
  const progress = element('export-progress', HTMLProgressElement)
  progress.hidden = false
  const { edited = '' } = words
  const pieces = [headingOf(page, words, messages, isDevice)]
  for (let n = 0; n < messages.length; n += stepMessages) {
    progress.value = n / messages.length
    await new Promise((resolve) => setTimeout(resolve))
    for (const message of messages.slice(n, n + stepMessages)) {
      pieces.push(exportMessage({ ...message, files: withHost(message) }, stamp, edited))
    }
  }
  progress.hidden = true
  download(new Blob(pieces, { type: 'text/plain;charset=utf-8' }), roomName())
  const done = plural(page.language, messages.length, {
    one: words.one ?? '',
    other: words.other ?? '',
  })
  announce(done)
  element('export-done', HTMLElement).textContent = done
}

/** A step is a few milliseconds. */
const stepMessages = 1_000

const offset = (at: number): number => -new Date(at).getTimezoneOffset()

const stamp = (at: number): string => stampAhead(at, offset(at))

function withHost({ files }: CopiedMessage): CopiedMessage['files'] {
  return files.map(({ name, url }) => ({ name, url: new URL(url, location.href).href }))
}

function roomName(): string {
  return element('timeline', HTMLElement).dataset.name ?? ''
}

function headingOf(page: Page, words: Words, messages: CopiedMessage[], isDevice: boolean): string {
  const { title = '' } = element('timeline', HTMLElement).dataset
  const day = new Intl.DateTimeFormat(page.language, { dateStyle: 'medium', timeStyle: 'short' })
  const ends = [messages[0], messages.at(-1)].map((end) => (end ? day.format(end.at) : '–'))
  const isWhole = !isDevice && document.querySelector('#older, #newer, .remembered') === null
  const now = Date.now()
  const zone = `${offsetText(offset(now))} ${Intl.DateTimeFormat().resolvedOptions().timeZone}`
  const range = isDevice ? words.rangeDevice : words.rangeLoaded
  const facts: [string, string][] = [
    [words.room ?? '', title],
    [words.range ?? '', `${range}, ${ends.join(' – ')}`],
    [words.messages ?? '', String(messages.length)],
    [words.zone ?? '', zone],
    [words.software ?? '', `Chatroom ${page.build}`],
  ]
  if (!isWhole) facts.push([words.missing ?? '', words.missingNote ?? ''])
  return exportHeading(facts)
}

function download(file: Blob, room: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = `${exportName(room, stamp(Date.now()))}.txt`
  link.click()
  // The browser reads it after this turn.
  setTimeout(() => URL.revokeObjectURL(link.href), keepMs)
}

const keepMs = 60_000
