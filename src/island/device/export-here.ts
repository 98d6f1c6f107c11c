import {
  exportHeading,
  exportLine,
  exportMessage,
  exportName,
  stampAhead,
} from '../../shared/export-text'
import { latePaths } from '../../shared/paths'
import type { ChatEvent } from '../../shared/protocol'
import { sentenceOf, textOfParts, type Told } from '../../shared/system-lines'
import { fill, plural } from '../../shared/text'
import type { App } from '../app'
import { announce, element, make, nodesOf } from '../ui/dom'
import type { Page } from '../ui/page'
import { list, placedRows, placeOf, roomTitle } from '../ui/rows'
import { authorOf, changeOf, type CopiedMessage, excerptOf, toldOf } from './copy-store'
import type { ManagedCopy } from './device-copy'

type Key = ReturnType<typeof placeOf>

/** Fills in how much there is to save of the room on the page, and saves it when asked. */
export function decorateExport(app: App, copy: ManagedCopy): void {
  const note = document.getElementById('export-begun')
  for (const link of document.querySelectorAll('#export-room a[download]')) {
    // The whole room is an ordinary download, which the browser may show nowhere.
    link.addEventListener('click', () => note?.replaceChildren(note.dataset.said ?? ''))
  }
  const box = document.getElementById('export-here')
  if (!(box instanceof HTMLFieldSetElement)) return
  box.hidden = false
  const hasNotes = loadedRows(true).length > loadedRows(false).length
  element('export-private-row', HTMLElement).hidden = !hasNotes
  const show = (): void => {
    const device = copy.read(app.timeline.room()).filter(({ system }) => system === null)
    const counts = { loaded: loadedRows().filter(isMessage).length, device: device.length }
    for (const [range, count] of Object.entries(counts)) {
      const label = element(`export-${range}`, HTMLElement)
      const n = count.toLocaleString(app.page.language)
      label.replaceChildren(...nodesOf(fill(label.dataset.label ?? '', { n })))
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

/** The rows that were loaded, system lines too. */
function loadedRows(isPrivateToo = element('export-private', HTMLInputElement).checked) {
  const all = list().querySelectorAll<HTMLElement>(':is(.msg, .system):not([hidden])')
  return (isPrivateToo ? [...all] : placedRows()).filter((row) => placeOf(row).seq > 0)
}

function isMessage(row: HTMLElement): boolean {
  return row.matches('.msg')
}

async function save({ page, timeline }: App, copy: ManagedCopy, words: DOMStringMap) {
  const isDevice = document.querySelector('#export-here [value=device]:checked') !== null
  const progress = element('export-progress', HTMLProgressElement)
  progress.hidden = false
  const read = (keys: Key[]) => readMessages(page, copy, keys, isDevice)
  const keys = isDevice ? [] : loadedRows().map(placeOf)
  const messages = isDevice ? copy.read(timeline.room()) : await read(keys)
  const replies = messages.filter(({ replyTo }) => replyTo > 0)
  const answered = await read(replies.map(({ room, replyTo }) => ({ room, seq: replyTo })))
  const quotes = new Map(answered.map((one) => [`${one.room}.${one.seq}`, one]))
  const pieces = messages.map((message) => {
    const told = toldOf(message)
    if (told !== null) return exportLine(message.at, sentence(page, told), stamp)
    const files = message.files.map(({ name, url }) => {
      return { name, url: new URL(url, location.href).href }
    })
    const quoted = quotes.get(`${message.room}.${message.replyTo}`)
    const reply =
      quoted === undefined ? null : { name: authorOf(page, quoted), text: excerptOf(quoted) }
    const line = { ...message, name: authorOf(page, message), files, reply }
    return exportMessage(line, stamp, words.edited ?? '')
  })
  const isWhole = !isDevice && messages.length === keys.length
  const range = isDevice ? words.rangeDevice : words.rangeLoaded
  download(isDevice ? 'device' : 'page', [
    headingOf(page, words, messages, range ?? '', isWhole),
    ...pieces,
  ])
  progress.hidden = true
  const { one = '', other = '' } = words
  const done = plural(page.language, countOf(messages), { one, other })
  announce(done)
  element('export-done', HTMLElement).textContent = done
}

function sentence({ language, words }: Page, told: Told): string {
  const nameOf = ({ mark, nickname }: Told['author']): string =>
    mark === 'left' ? fill(words.nameLeft, { nickname }) : nickname
  return textOfParts(sentenceOf(told, words.system, language, true), nameOf)
}

function countOf(messages: CopiedMessage[]): number {
  return messages.filter(({ system }) => system === null).length
}

/** Messages as the server has them; without an answer, or if asked to, from the device copy. */
async function readMessages(page: Page, copy: ManagedCopy, wanted: Key[], isDevice: boolean) {
  const found: CopiedMessage[] = []
  for (const [room, keys] of Map.groupBy(wanted, (key) => key.room)) {
    const left = new Set(keys.map(({ seq }) => seq))
    while (left.size > 0) {
      const fetched = isDevice ? null : await fetchBefore(page, room, Math.max(...left) + 1)
      const part = fetched ?? [...left].flatMap((seq) => copy.find(room, seq) ?? [])
      found.push(...part.filter(({ seq }) => left.has(seq)))
      const oldest = fetched?.[0]?.seq ?? 0
      for (const seq of left) if (seq >= oldest) left.delete(seq)
    }
  }
  return found.sort((a, b) => (a.room === b.room ? a.seq - b.seq : a.at - b.at))
}

async function fetchBefore({ base }: Page, room: number, before: number) {
  const path = `${latePaths(base).older(room, before)}&limit=200`
  const answer = await fetch(path, { headers: { Accept: 'application/json' } }).catch(() => null)
  if (answer?.ok !== true) return null
  const { messages }: { messages: ChatEvent[] } = await answer.json()
  return messages.flatMap((event) => changeOf(event)?.message ?? [])
}

const stamp = (at: number): string => stampAhead(at, -new Date(at).getTimezoneOffset())

function headingOf(
  { build, language }: Page,
  words: DOMStringMap,
  messages: CopiedMessage[],
  range: string,
  isWhole: boolean,
): string {
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' })
  const ends = [messages[0], messages.at(-1)].map((end) => (end ? day.format(end.at) : '–'))
  const [, , ahead] = stamp(Date.now()).split(' ')
  const facts: Record<string, string> = {
    room: roomTitle(),
    range: `${range}, ${ends.join(' – ')}`,
    messages: String(countOf(messages)),
    zone: `${ahead} ${day.resolvedOptions().timeZone}`,
    software: `Chatroom ${build}`,
  }
  const hasMore = document.querySelector('#older, #newer, .remembered') !== null
  if (!isWhole || hasMore) facts.missing = words.missingNote ?? ''
  return exportHeading(Object.entries(facts).map(([name, value]) => [words[name] ?? '', value]))
}

const keepMs = 60_000

function download(part: string, pieces: string[]): void {
  const name = exportName(list().dataset.name ?? '', stamp(Date.now()), part)
  const href = URL.createObjectURL(new Blob(pieces, { type: 'text/plain;charset=utf-8' }))
  make('a', { href, download: `${name}.txt` }).click()
  // The browser reads it after this turn.
  setTimeout(() => URL.revokeObjectURL(href), keepMs)
}
