import { beforeAll, expect, test } from 'bun:test'
import { toEvent } from '../../../src/chat/messages/events'
import type { Lines } from '../../../src/island/app'
import { changeOf, openCopyStore, toldOf } from '../../../src/island/device/copy-store'
import { create } from '../../../src/island/lazy/lines'
import { regroupAll } from '../../../src/island/timeline/rows'
import { createClock } from '../../../src/island/ui/clock'
import { openStorage } from '../../../src/island/ui/storage'
import { lineOf, makeSystemRow } from '../../../src/island/ui/system-rows'
import type { ChatEvent, SystemEvent } from '../../../src/shared/protocol'
import type { Message, SystemLine } from '../../../src/store/store'
import { isFolded, isLine, SystemRows } from '../../../views/messages/system-line'
import { zh } from '../../../views/words'
import { chooseSeed, createRandom } from '../../helpers/random'
import { mei, say, tomas, viewIn } from '../../views/samples'
import { documentForAll } from '../dom'
import { page } from '../page'

documentForAll('<div id="timeline" data-room="7"></div>')

const clock = createClock(page)
let lines: Lines
const fold = (): void => lines.fold()

beforeAll(() => {
  lines = create({ clock, page })
})
const people = ['Ana', 'Bob', 'Cleo', '梅', 'Dan'].map((nickname, n) => {
  return { id: 20 + n, nickname, mark: null, by: null }
})

function lineAt(seq: number, line: Partial<SystemLine>): Message {
  const named = line.people ?? []
  const whole = { kind: 'joined' as const, people: named, count: named.length, from: '', to: '' }
  return { ...say(mei, '', seq), seq, revision: seq, system: { ...whole, ...line } }
}

function eventOf(message: Message): SystemEvent {
  const event: ChatEvent = toEvent(message)
  if (event.type !== 'system') throw new Error('no line')
  return event
}

const timeline = (): HTMLElement =>
  document.querySelector<HTMLElement>('#timeline') ?? document.body

/** What a reader sees, a row to a line: closed folds show their first line only. */
function seen(): string[] {
  const rows = [...timeline().children].filter((row) => !row.matches('.system--folded'))
  return rows.map((row) => {
    const line = row.querySelector('summary, p') ?? row
    const times = [...line.querySelectorAll('time')].map((time) => time.textContent)
    return (line.textContent ?? '').replace(times.join(''), '').replace(/\s+/g, ' ').trim()
  })
}

function put(message: Message, before: Element | null = null): HTMLElement {
  const row = makeSystemRow(lineOf(eventOf(message)))
  timeline().insertBefore(row, before)
  return row
}

const joins = (seq: number, from: number, to: number): Message =>
  lineAt(seq, { people: people.slice(from, to) })

test('lines of who comes and goes that follow each other are one, which can be opened', () => {
  put(joins(1, 0, 2))
  put(joins(2, 1, 4))
  put(lineAt(3, { kind: 'left', people: people.slice(4) }))
  put(lineAt(4, { kind: 'renamed', from: 'Quay', to: 'Port' }))
  put(lineAt(5, { kind: 'removed', people: people.slice(0, 1) }))
  fold()
  expect(seen()).toEqual([
    'Ana, Bob and 2 others joined · Dan left',
    '梅 Mei renamed the room from “Quay” to “Port”',
    '梅 Mei removed Ana',
  ])
  const whole = [...timeline().querySelectorAll('li')].map((item) => item.textContent ?? '')
  expect(whole.map((text) => text.replace(/ [\d:]+( [AP]M)?$/, ''))).toEqual([
    'Ana and Bob joined',
    'Bob, Cleo and 梅 joined',
    'Dan left',
  ])
  expect(timeline().querySelectorAll('bdi[data-person="20"]').length).toBe(3)
})

test('a fold stays open when it grows, also at its beginning', () => {
  const first = put(joins(3, 1, 2))
  put(joins(4, 2, 3))
  fold()
  timeline().querySelector('details')?.setAttribute('open', '')
  put(joins(2, 0, 1), first)
  fold()
  expect(seen()).toEqual(['Ana, Bob and Cleo joined'])
  expect(timeline().querySelectorAll('details[open]').length).toBe(1)
})

test('a message between them parts a fold, and when it goes they are one again', () => {
  put(joins(1, 0, 1))
  const second = put(joins(3, 1, 2))
  fold()
  expect(seen()).toEqual(['Ana and Bob joined'])
  const message = document.createElement('article')
  message.className = 'msg'
  message.textContent = 'hi'
  second.before(message)
  fold()
  expect(seen()).toEqual(['Ana joined', 'hi', 'Bob joined'])
  message.remove()
  fold()
  expect(seen()).toEqual(['Ana and Bob joined'])
})

test('an open fold stays open when somebody is added to it', () => {
  put(joins(1, 0, 1))
  put(joins(2, 1, 2))
  fold()
  const open = timeline().querySelector('details')
  open?.setAttribute('open', '')
  put(joins(3, 2, 3))
  fold()
  expect(timeline().querySelector('details')).toBe(open)
  expect(open?.open).toBe(true)
  expect(seen()).toEqual(['Ana, Bob and Cleo joined'])
})

test('a name follows its person, and no typed text becomes markup', () => {
  const shout = { id: 31, nickname: '<img src=x>', mark: null, by: people[0] ?? null }
  put(lineAt(1, { people: [shout] }))
  put(lineAt(2, { kind: 'topic', to: '<b>{who}</b>' }))
  fold()
  expect(seen()).toEqual([
    '<img src=x> joined, invited by Ana',
    '梅 Mei changed the topic: <b>{who}</b>',
  ])
  lines.rename({ id: 20, nickname: 'Anna', mark: 'left' })
  expect(seen()[0]).toBe('<img src=x> joined, invited by Anna')
  expect(timeline().querySelector('.name--left')?.textContent).toBe('Anna')
  expect(timeline().querySelector('img, b')).toBeNull()
})

test('a day heading stands before the first line of a day, and parts folds', () => {
  const day = 24 * 60
  put({ ...joins(1, 0, 1), createdAt: say(mei, '', 0).createdAt })
  put({ ...joins(2, 1, 2), createdAt: say(mei, '', day).createdAt })
  regroupAll({ clock, fold })
  expect(timeline().querySelectorAll('.day').length).toBe(2)
  expect(timeline().querySelectorAll('.system--folded').length).toBe(0)
})

test('the server and the browser write the same, whatever happened', () => {
  const seed = chooseSeed()
  const random = createRandom(seed)
  const kinds = ['joined', 'left', 'removed', 'renamed', 'topic', 'nickname'] as const
  for (let round = 0; round < 60; round += 1) {
    timeline().replaceChildren()
    const lines = Array.from({ length: 1 + random(5) }, (_, n) => {
      const kind = kinds[random(kinds.length)] ?? 'joined'
      const by = random(3) === 0 ? { id: tomas.id, nickname: tomas.nickname, mark: null } : null
      const named = kinds.indexOf(kind) < 3 ? people.slice(random(3), 3 + random(3)) : []
      const those = named.map((person) => ({ ...person, by: kind === 'joined' ? by : null }))
      const more = { people: those, count: those.length + random(2) * 5 }
      return lineAt(n + 1, { kind, ...more, from: 'a', to: ['', 'b'][random(2)] ?? '' })
    })
    const view = viewIn(random(2) === 0 ? 'en' : 'zh')
    const runs: Message[][] = []
    for (const line of lines) {
      const last = runs.at(-1)
      if (last !== undefined && isFolded(line, last.at(-1))) last.push(line)
      else runs.push([line])
    }
    const rendered = runs.map((run) =>
      String(<SystemRows view={view} lines={run.filter(isLine)} />),
    )
    timeline().innerHTML = rendered.join('')
    const onServer = seen()
    timeline().replaceChildren()
    for (const line of lines) put(line)
    const words = view.language === 'zh' ? zh.live : page.words
    create({ clock, page: { ...page, language: view.language, words } }).fold()
    expect({ seed, round, seen: seen() }).toEqual({ seed, round, seen: onServer })
  }
})

test('the copy of a device keeps lines as they were told, in any order of arrival', () => {
  const seed = chooseSeed()
  const random = createRandom(seed)
  const lines = Array.from({ length: 30 }, (_, n) => {
    const by = random(2) === 0 ? { id: mei.id, nickname: mei.nickname, mark: null } : null
    const those = people.slice(0, random(5)).map((person) => ({ ...person, by }))
    return lineAt(n + 1, { people: those, count: those.length + random(9), to: `to ${n}` })
  })
  const messages = [...lines, ...[40, 41].map((seq) => ({ ...say(mei, 'Ana', seq), seq }))]
  const changes = messages.flatMap((message) => changeOf(toEvent(message)) ?? [])
  const shuffled = [...changes, ...changes].toSorted(() => random(3) - 1)
  const storage = openStorage({ instance: 'h' })
  const store = openCopyStore(storage, 7, 'e')
  for (const change of shuffled) store.apply(7, [change])
  const kept = openCopyStore(openStorage({ instance: 'h' }), 7, 'e').read(7)
  expect({ seed, places: kept.map(({ seq }) => seq) }).toEqual({
    seed,
    places: messages.map(({ seq }) => seq),
  })
  const told = kept.flatMap((message) => toldOf(message)?.line ?? [])
  expect({ seed, told }).toEqual({ seed, told: lines.map(({ system }) => system as SystemLine) })
  // They are no messages: not counted, and not found.
  expect(store.usage().messages).toBe(2)
})
