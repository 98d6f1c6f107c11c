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
const lines = [
  'one apple',
  '[[two spoilers]]',
  '{{three details}}',
  'four',
  '[[five]]',
  '```\nsix\n```',
]
const long = Array.from({ length: 22 }, (_, n) => `long line ${n}`)
const film = { type: 'video/mp4', name: 'a.mp4', id: 'f'.repeat(32), description: '', preview: '' }
const files = [{ ...film, size: 9, width: 0, height: 0 } as Attachment]

/** What can be opened in a text: whatever it is made of, the reader has opened it. */
function withSwitches(html: string): string {
  return html
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
function createScene(random: (below: number) => number) {
  const pick = <Value,>(all: Value[]): Value => all[random(all.length)] as Value
  const some = lines.filter(() => random(2) > 0)
  const base = say(mei, '', 1)
  const people = [{ id: mei.id, nickname: mei.nickname, mark: null }]
  const message: Message = {
    ...base,
    content: [...some, 'last words', ...(random(2) > 0 ? long : [])].join('\n'),
    attachments: random(2) > 0 ? files : [],
    reactions: [{ emoji: '🎉', people }],
  }
  for (const one of [say(tomas, 'before', 0), message, say(tomas, 'after', 2)])
    timeline.append(
      [parse(one)].filter((row) => timeline.receive(row)),
      0,
      0,
    )
  const row = document.getElementById(`message-${mei.id}-${base.clientId}`) as HTMLElement
  const player = row.querySelector('video')
  const removed: Node[] = []
  const watcher = new MutationObserver(() => {})
  watcher.observe(document.body, { childList: true, subtree: true })
  const opened = new Set<string>()
  let [isUnfolded, focused, selected] = [false, '', '']
  const switches = (): HTMLElement[] => [...row.querySelectorAll<HTMLElement>('label, details')]
  const textOf = (part: HTMLElement): string => part.querySelector('span')?.textContent ?? ''
  const isOpen = (part: HTMLElement): boolean =>
    part.querySelector('input')?.checked ?? part.hasAttribute('open')
  const chip = (emoji: string): HTMLElement | null => row.querySelector(`[data-emoji="${emoji}"]`)
  const acts: Record<string, () => void> = {
    unfold() {
      row.querySelector<HTMLElement>('.unfold')?.click()
      isUnfolded ||= row.querySelector('.unfold') !== null
    },
    open() {
      const part = pick(switches())
      if (part === undefined) return
      const box = part.querySelector('input')
      if (box === null) part.setAttribute('open', '')
      else box.checked = true
      opened.add(textOf(part))
    },
    focus() {
      const emoji = pick(message.reactions)?.emoji
      if (emoji === undefined) return
      chip(emoji)?.focus()
      // As the toolbar does: what is in this row is reached with Tab.
      for (const stop of row.querySelectorAll<HTMLElement>('a, button')) stop.tabIndex = 0
      focused = emoji
    },
    select() {
      const texts = document.createTreeWalker(row.querySelector('.msg__body') ?? row, 4)
      let text = texts.nextNode()
      while (text !== null && !text.textContent?.includes('last words')) text = texts.nextNode()
      const at = text?.textContent?.indexOf('last words') ?? -1
      if (text === null || at < 0) return
      getSelection()?.setBaseAndExtent(text, at, text, at + 'last words'.length)
      selected = 'last words'
    },
    // Their own reaction is shown before it is stored.
    react: () =>
      void react({ page, requests: { send: async () => true }, timeline } as never, row, '👍'),
  }
  const content = (change: (all: string[]) => string[]): void => {
    message.content = change(message.content.split('\n')).join('\n')
    message.editedAt = message.createdAt + 1
  }
  const changes: Record<string, () => void> = {
    reaction: () => void message.reactions.push({ emoji: pick(['😀', '🐟', '⭐']), people }),
    fewer: () => void message.reactions.splice(random(message.reactions.length), 1),
    counted: () => pick(message.reactions)?.people.push({ id: 40, nickname: 'B', mark: null }),
    before: () => content((all) => [`new [[x${all.length}-${random(1e9)}]]`, ...all]),
    after: () => content((all) => [...all, 'more']),
    within: () =>
      content((all) => all.toSpliced(random(all.length), 0, `put in {{y${random(1e9)}}}`)),
    without: () => content((all) => all.filter((one) => one === 'last words' || random(4) > 0)),
    quoted: () => Object.assign(message, { replyTo: 1, quote: { sender: tomas, content: 'q' } }),
    neighbour: () => timeline.remove(general.id, pick([1, 3])),
  }
  const publish = (): void => {
    message.revision += 5
    // Each emoji once.
    message.reactions = [...new Map(message.reactions.map((one) => [one.emoji, one])).values()]
    timeline.receive(parse(message))
  }
  const check = (): object => {
    for (const { removedNodes } of watcher.takeRecords()) removed.push(...removedNodes)
    const isStopped = removed.some((node) => player !== null && node.contains(player))
    const open = switches().filter(isOpen).map(textOf)
    const known = switches()
      .map(textOf)
      .filter((text) => opened.has(text))
    const target = focused === '' ? null : (chip(focused) ?? row)
    return {
      isUnfolded: row.classList.contains('msg--unfolded') === isUnfolded,
      opened: open.join() === known.join() || { open, known },
      isPlaying: player === null || (!isStopped && row.contains(player)),
      stops:
        focused === '' ||
        [...row.querySelectorAll<HTMLElement>('.msg__main :is(a, button)')].every(
          (stop) => stop.tabIndex === 0,
        ),
      focus: target === null || document.activeElement === target || focused,
      selected: selected === '' || String(getSelection()) === selected || String(getSelection()),
    }
  }
  const chipGone = (): void => void (focused !== '' && chip(focused) === null && (focused = ''))
  return { acts, changes, publish, check, pick, chipGone }
}

test('rows keep what their reader did, whatever is published meanwhile', () => {
  const seed = chooseSeed()
  console.log(`kept state: SEED=${seed}`)
  const random = createRandom(seed)
  const kept = {
    isUnfolded: true,
    opened: true,
    isPlaying: true,
    stops: true,
    focus: true,
    selected: true,
  }
  for (let round = 0; round < 12; round += 1) {
    document.getElementById('timeline')?.replaceChildren()
    getSelection()?.removeAllRanges()
    const scene = createScene(random)
    const done: string[] = []
    for (let step = 0; step < 8; step += 1) {
      const act = scene.pick(Object.keys(scene.acts))
      scene.acts[act]?.()
      const changes = [
        scene.pick(Object.keys(scene.changes)),
        scene.pick(Object.keys(scene.changes)),
      ]
      for (const change of changes) scene.changes[change]?.()
      scene.publish()
      done.push(act, ...changes)
      expect({ seed, round, done, ...scene.check() }).toEqual({ seed, round, done, ...kept })
      scene.chipGone()
    }
  }
})
