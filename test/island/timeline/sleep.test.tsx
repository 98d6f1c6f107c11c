import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Timeline } from '../../../src/island/app'
import { swapIn } from '../../../src/island/net/htmx'
import { keepState } from '../../../src/island/timeline/kept-state'
import { createPlace } from '../../../src/island/timeline/place'
import { createPositions } from '../../../src/island/timeline/positions'
import { createTimeline } from '../../../src/island/timeline/timeline'
import { createClock } from '../../../src/island/ui/clock'
import { list } from '../../../src/island/ui/rows'
import { limits } from '../../../src/shared/limits'
import type { Message } from '../../../src/store/store'
import { MessageRow } from '../../../views/messages/message'
import { Timeline as TimelineView } from '../../../views/messages/timeline'
import { chooseSeed, createRandom } from '../../helpers/random'
import { general, mei, say, tomas, viewIn } from '../../views/samples'
import { documentForAll } from '../dom'
import { page } from '../page'

documentForAll()

const view = viewIn('en')
const windowPx = 400
const pageRows = 50

/** What the server has: the messages of a room by their places, some of them deleted. */
type Said = Map<number, Message>

function htmlAround(said: Said, last: number, at: number | null): string {
  const all = [...said.values()]
  const split = at === null ? all.length : all.findIndex(({ seq }) => seq >= at)
  const [older, newer] = [all.slice(0, split), all.slice(split)]
  const messages = [...older.slice(-pageRows), ...newer.slice(0, pageRows)]
  return String(
    <TimelineView
      view={view}
      room={{ ...general, revision: last }}
      reader={tomas}
      privateNotes={[]}
      messages={messages}
      hasOlder={older.length > pageRows}
      nextSeq={newer[pageRows]?.seq ?? null}
      at={at}
    />,
  )
}

const isRow = (part: Element): boolean => part.matches('.msg')
const rows = (): HTMLElement[] => {
  const list = document.getElementById('timeline')
  return [...(list?.children ?? [])].filter((part) => part instanceof HTMLElement).filter(isRow)
}
/** Each row has a height of its own; nothing else has one. */
const heightOf = (part: HTMLElement): number =>
  isRow(part) ? 20 + (Number(part.dataset.seq) % 5) * 13 : 0
const heightOfAll = (): number => rows().reduce((sum, row) => sum + heightOf(row), 0)

function above(row: HTMLElement): number {
  let sum = 0
  for (let part = row.previousElementSibling; part !== null; part = part.previousElementSibling)
    if (part instanceof HTMLElement) sum += heightOf(part)
  return sum
}

/** The list became too short for the place that it was scrolled to. */
let wasCut = false

/** Lays out the list, as the document of these tests has no sizes. */
function layOut(log: HTMLElement): void {
  let scrolled = 0
  const cut = (top: number): number => Math.max(0, Math.min(top, heightOfAll() - windowPx))
  Object.defineProperties(log, {
    clientHeight: { get: () => windowPx },
    scrollHeight: { get: () => Math.max(windowPx, heightOfAll()) },
    scrollTop: {
      get() {
        wasCut ||= cut(scrolled) < scrolled
        scrolled = cut(scrolled)
        return scrolled
      },
      set: (top: number) => void (scrolled = cut(top)),
    },
  })
  const prototype = HTMLElement.prototype
  prototype.getBoundingClientRect = function (this: HTMLElement) {
    return new DOMRect(0, isRow(this) ? above(this) - log.scrollTop : 0, 100, heightOf(this))
  }
  Object.defineProperty(prototype, 'offsetHeight', {
    configurable: true,
    get(this: HTMLElement) {
      return heightOf(this)
    },
  })
}

let timeline: Timeline
let said: Said = new Map()
let last = 0

beforeAll(async () => {
  const none = { evaluate: () => ({ iterateNext: () => null }) }
  Object.assign(globalThis, {
    XPathEvaluator: class {
      createExpression = () => none
    },
    fetch: async (path: string) => {
      // Older and newer rows stay away.
      if (path.includes('?')) return new Response('', { status: 503 })
      const at = /messages\/(\d+)$/.exec(path)?.[1]
      return new Response(htmlAround(said, last, at === undefined ? null : Number(at)))
    },
  })
  const path = 'htmx.org/dist/htmx.esm.js'
  await import(path)
})

const realFetch = globalThis.fetch
afterAll(() => void (globalThis.fetch = realFetch))

function post(count: number): Message[] {
  return Array.from({ length: count }, () => {
    last += 1
    const sender = last % 3 === 0 ? tomas : mei
    const place = { seq: last, revision: last, clientId: `c-${last}`, room: general.id }
    const message = { ...say(sender, `message ${last}`), ...place }
    said.set(last, message)
    return message
  })
}

function parse(message: Message): HTMLElement {
  const template = document.createElement('template')
  template.innerHTML = String(<MessageRow message={message} paths={view.paths} follows={false} />)
  return template.content.firstElementChild as HTMLElement
}

/** The room, opened at its end. */
function open(): HTMLElement {
  document.body.innerHTML = `<main><div id="log">${htmlAround(said, last, null)}</div>
    <template id="older-loader"><div id="older"></div></template>
    <template id="newer-loader"><div id="newer"></div></template>
    <button id="latest"><span></span></button><p id="toast"></p><p id="status"></p></main>`
  const log = document.getElementById('log') as HTMLElement
  layOut(log)
  const needs = {
    page: { ...page, base: '/chat/' },
    clock: createClock(page),
    muted: { decorate: () => {}, has: () => false },
    positions: createPositions(() => {}),
  }
  const listener = { shown: () => {}, grown: () => {}, removing: () => {}, lines: () => {} }
  timeline = createTimeline(needs as never, listener)
  timeline.keepBy({ row: keepState, ...createPlace(timeline) })
  timeline.start()
  return log
}

/** What was missed comes as it happened, or as a fresh list where it is too much. */
async function wake(missed: Message[], gone: number[], before: number): Promise<void> {
  if (last - before > limits.catchUpBrowserRevisionsMax) return void (await timeline.reload())
  for (const seq of gone) timeline.remove(general.id, seq)
  const waiting = missed.filter(({ seq }) => said.has(seq)).map(parse)
  while (waiting.length > 0) {
    const fresh = waiting.splice(0, 20).filter(timeline.receive)
    if (fresh.length > 0) timeline.append(fresh, fresh.length, waiting.length)
  }
}

const topOf = (seq: number): number | undefined =>
  rows()
    .find((row) => Number(row.dataset.seq) === seq)
    ?.getBoundingClientRect().top

test('a reader of the history who sleeps wakes in the same place, whatever was said', async () => {
  const seed = chooseSeed()
  console.log(`sleep: SEED=${seed}`)
  const random = createRandom(seed)
  post(1)
  const log = open()
  for (let round = 0; round < 4; round += 1) {
    said = new Map()
    const first = last
    post(1 + random(300))
    const at = random(4) === 0 ? null : first + 1 + random(last - first)
    await swapIn(htmlAround(said, last, at), list())
    for (let night = 0; night < 3; night += 1) {
      const most = log.scrollHeight
      log.scrollTop = [0, most][random(4)] ?? random(most)
      log.dispatchEvent(new Event('scroll'))
      const [place, isFollowing] = [timeline.keeper()?.place(), timeline.isFollowing()]
      const before = last
      wasCut = false
      const missed = post([0, 1, 7, 40, 3_000, 3_000][random(6)] ?? 0)
      const gone = rows().flatMap(({ dataset: { seq } }) => (random(30) === 0 ? [Number(seq)] : []))
      if (random(2) === 0 && place != null) gone.push(place.seq)
      for (const seq of gone) said.delete(seq)
      await wake(missed, gone, before)
      const about = { seed, round, night, missed: missed.length, place, isFollowing }
      const seqs = rows().map(({ dataset: { seq } }) => Number(seq))
      const wrong = seqs.filter((seq, n) => seq <= (seqs[n - 1] ?? 0) || !said.has(seq))
      const toast = document.getElementById('toast')?.textContent
      expect({ about, wrong, toast }).toEqual({ about, wrong: [], toast: '' })
      // As near as somebody has to be to follow it.
      const isAtEnd = log.scrollHeight - windowPx - log.scrollTop < 100
      if (isFollowing) {
        const end = [...said.keys()].at(-1)
        expect({ about, isAtEnd, end: seqs.at(-1) }).toEqual({ about, isAtEnd: true, end })
      } else if (place != null && !wasCut) {
        const row = said.has(place.seq) ? place.seq : seqs.find((seq) => seq > place.seq)
        const moved = Math.abs((topOf(row ?? 0) ?? Infinity) - place.top)
        // What is below a deleted message takes its place.
        const isKept = moved <= (row === place.seq ? 0 : 72)
        expect({ about, isKept }).toEqual({ about, isKept: true })
      }
    }
  }
})
