import { beforeAll, beforeEach, expect, test } from 'bun:test'
import type { Timeline } from '../../../src/island/app'
import { react } from '../../../src/island/messages/message-changes'
import { keepState } from '../../../src/island/timeline/kept-state'
import { createPlace } from '../../../src/island/timeline/place'
import { createPositions } from '../../../src/island/timeline/positions'
import { createTimeline } from '../../../src/island/timeline/timeline'
import { createClock } from '../../../src/island/ui/clock'
import type { Attachment, Message } from '../../../src/store/store'
import { MessageRow } from '../../../views/messages/message'
import { chooseSeed, createRandom } from '../../helpers/random'
import { general, mei, say, tomas, viewIn } from '../../views/samples'
import { documentForAll } from '../dom'
import { page } from '../page'

documentForAll()

const { paths } = viewIn('en')
const words = 'last words'
const lines = [
  'one apple',
  '[[two spoilers]]',
  '{{three details}}',
  'four',
  '[[five]]',
  '```\nsix\n```',
  'a | b\n-|-\n1 | 2',
]
const long = Array.from({ length: 22 }, (_, n) => `long line ${n}`)
const film = { type: 'video/mp4', name: 'a.mp4', id: 'f'.repeat(32), description: '', preview: '' }
const files = [{ ...film, size: 9, width: 0, height: 0 } as Attachment]

/** What can be opened in a text: whatever it is made of, the reader has opened it. */
function withSwitches(html: string): string {
  return html
    .replace(/ data-source="[^"]*"/, '')
    .replace(
      /\[\[(.*?)\]\]/g,
      '<label class="spoiler"><input type="checkbox"><span>$1</span></label>',
    )
    .replace(/\{\{(.*?)\}\}/g, '<details><summary>more</summary><span>$1</span></details>')
}

function parse(message: Message): HTMLElement {
  const template = document.createElement('template')
  const html = String(<MessageRow message={message} paths={paths} follows={false} />)
  template.innerHTML = withSwitches(html)
  return template.content.firstElementChild as HTMLElement
}

let timeline: Timeline

beforeAll(async () => {
  // The document of these tests knows no XPath, with which htmx looks for `hx-on`: there is none.
  const none = { evaluate: () => ({ iterateNext: () => null }) }
  Object.assign(globalThis, {
    XPathEvaluator: class {
      createExpression = () => none
    },
  })
  const path = 'htmx.org/dist/htmx.esm.js'
  await import(path)
})

beforeEach(() => {
  document.body.innerHTML = `<main><div id="log"><div id="timeline" data-room="${general.id}">
    </div></div><button id="latest"><span></span></button></main>`
  const needs = {
    page: { ...page, base: '/chat/' },
    clock: createClock(page),
    muted: { decorate: () => {}, has: () => false },
    positions: createPositions(() => {}),
  }
  const listener = { shown: () => {}, grown: () => {}, removing: () => {}, lines: () => {} }
  timeline = createTimeline(needs as never, listener)
  timeline.keepBy({ row: keepState, ...createPlace(timeline) })
})

/** A row that changes, between two others; what its reader did to it, and has to find again. */
type Scene = {
  random: (below: number) => number
  message: Message
  row: HTMLElement
  player: Element | null
  watcher: MutationObserver
  opened: Set<string>
  isUnfolded: boolean
  focused: string
  selected: string
}

const people = [{ id: mei.id, nickname: mei.nickname, mark: null }]

function createScene(random: Scene['random']): Scene {
  document.getElementById('timeline')?.replaceChildren()
  getSelection()?.removeAllRanges()
  const some = lines.filter(() => random(2) > 0)
  const message: Message = {
    ...say(mei, '', 1),
    content: [...some, words, ...(random(2) > 0 ? long : [])].join('\n'),
    attachments: random(2) > 0 ? files : [],
    reactions: [{ emoji: '🎉', people: [...people] }],
  }
  for (const one of [say(tomas, 'before', 0), message, say(tomas, 'after', 2)])
    timeline.append([parse(one)].filter(timeline.receive), 0, 0)
  const row = document.getElementById(`message-${mei.id}-${message.clientId}`) as HTMLElement
  const watcher = new MutationObserver(() => {})
  watcher.observe(document.body, { childList: true, subtree: true })
  const done = { opened: new Set<string>(), isUnfolded: false, focused: '', selected: '' }
  return { random, message, row, player: row.querySelector('video'), watcher, ...done }
}

const chipOf = ({ row }: Scene, emoji: string): HTMLElement | null =>
  row.querySelector(`[data-emoji="${emoji}"]`)
const switchesIn = ({ row }: Scene): HTMLElement[] => [
  ...row.querySelectorAll<HTMLElement>('label, details'),
]
const stopsIn = ({ row }: Scene): HTMLElement[] => [
  ...row.querySelectorAll<HTMLElement>('.msg__main :is(a, button, input, .table)'),
]
const textOf = (part: HTMLElement): string => part.querySelector('span')?.textContent ?? ''
const isOpen = (part: HTMLElement): boolean =>
  part.querySelector('input')?.checked ?? part.hasAttribute('open')

function pick<Value>({ random }: Scene, all: Value[]): Value {
  return all[random(all.length)] as Value
}

const acts: Record<string, (scene: Scene) => void> = {
  unfold(scene) {
    const button = scene.row.querySelector<HTMLElement>('.unfold')
    button?.click()
    scene.isUnfolded ||= button !== null
  },
  open(scene) {
    const part = pick(scene, switchesIn(scene))
    if (part === undefined) return
    const box = part.querySelector('input')
    if (box === null) part.setAttribute('open', '')
    else box.checked = true
    scene.opened.add(textOf(part))
  },
  focus(scene) {
    const emoji = pick(scene, scene.message.reactions)?.emoji
    if (emoji === undefined) return
    chipOf(scene, emoji)?.focus()
    // As the toolbar does: what is in this row is reached with Tab.
    for (const stop of stopsIn(scene)) stop.tabIndex = 0
    scene.focused = emoji
  },
  select(scene) {
    const texts = document.createTreeWalker(scene.row, NodeFilter.SHOW_TEXT)
    let text = texts.nextNode()
    while (text !== null && !text.textContent?.includes(words)) text = texts.nextNode()
    const at = text?.textContent?.indexOf(words) ?? 0
    if (text !== null) getSelection()?.setBaseAndExtent(text, at, text, at + words.length)
    scene.selected = words
  },
  // Their own reaction is shown before it is stored.
  react({ row }) {
    void react({ page, requests: { send: async () => true }, timeline } as never, row, '👍')
  },
}

function edit(scene: Scene, change: (all: string[]) => string[]): void {
  scene.message.content = change(scene.message.content.split('\n')).join('\n')
  scene.message.editedAt = scene.message.createdAt + 1
}

const changes: Record<string, (scene: Scene) => void> = {
  reaction: (scene) =>
    void scene.message.reactions.push({
      emoji: pick(scene, ['😀', '🐟', '⭐']),
      people: [...people],
    }),
  fewer: ({ message: { reactions }, random }) => void reactions.splice(random(reactions.length), 1),
  counted: (scene) => pick(scene, scene.message.reactions)?.people.push({ ...tomas }),
  before: (scene) => edit(scene, (all) => [`new [[x${scene.random(1e9)}]]`, ...all]),
  after: (scene) => edit(scene, (all) => [...all, 'more']),
  within: (scene) =>
    edit(scene, (all) => {
      const { random } = scene
      return all.toSpliced(random(all.length), 0, `put in {{y${random(1e9)}}}`)
    }),
  without: (scene) =>
    edit(scene, (all) => all.filter((one) => one === words || scene.random(4) > 0)),
  quoted: ({ message }) =>
    void Object.assign(message, { replyTo: 1, quote: { sender: tomas, content: 'q' } }),
  neighbour: (scene) => timeline.remove(general.id, pick(scene, [1, 3])),
}

function publish({ message }: Scene): void {
  message.revision += 5
  // Each emoji once.
  message.reactions = [...new Map(message.reactions.map((one) => [one.emoji, one])).values()]
  timeline.receive(parse(message))
}

const kept = {
  ...{ isUnfolded: true, isPlaying: true, hasStops: true, hasFocus: true },
  selected: words,
}

/** What of it is still there, and which switches are open. */
function look(scene: Scene): object {
  const { focused, isUnfolded, opened, player, row, selected, watcher } = scene
  const removed = watcher.takeRecords().flatMap(({ removedNodes }) => [...removedNodes])
  const isStopped = removed.some((node) => player !== null && node.contains(player))
  const target = focused === '' ? null : (chipOf(scene, focused) ?? row)
  return {
    isUnfolded: row.classList.contains('msg--unfolded') === isUnfolded,
    opened: switchesIn(scene).filter(isOpen).map(textOf),
    isPlaying: player === null || (!isStopped && row.contains(player)),
    hasStops: focused === '' || stopsIn(scene).every((stop) => stop.tabIndex === 0),
    hasFocus: target === null || document.activeElement === target,
    selected: selected === '' ? words : String(getSelection()),
    expected: switchesIn(scene)
      .map(textOf)
      .filter((text) => opened.has(text)),
  }
}

test('rows keep what their reader did, whatever is published meanwhile', () => {
  const seed = chooseSeed()
  console.log(`kept state: SEED=${seed}`)
  const random = createRandom(seed)
  for (let round = 0; round < 12; round += 1) {
    const scene = createScene(random)
    const done: string[] = []
    for (let step = 0; step < 8; step += 1) {
      const [act, ...published] = [acts, changes, changes].map((all) =>
        pick(scene, Object.keys(all)),
      )
      acts[act ?? '']?.(scene)
      for (const change of published) changes[change]?.(scene)
      publish(scene)
      done.push(act ?? '', ...published)
      const { expected, ...seen } = look(scene) as { expected: string[] }
      const context = { seed, round, done }
      expect<object>({ ...context, ...seen }).toEqual({ ...context, ...kept, opened: expected })
      // What had the focus is gone: the row has it, and nothing more is looked for.
      if (scene.focused !== '' && chipOf(scene, scene.focused) === null) scene.focused = ''
    }
  }
})
