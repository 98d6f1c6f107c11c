import { beforeEach, expect, test } from 'bun:test'
import { watchKeys } from '../../../src/island/actions/keyboard'
import type { App } from '../../../src/island/app'
import { chooseSeed, createRandom } from '../../helpers/random'
import { documentForAll } from '../dom'
import { page } from '../page'

documentForAll()

const acts: string[] = []

/** The page as far as shortcuts see it; each does nothing but say so. */
function open(): void {
  acts.length = 0
  document.body.innerHTML = `<div id="log" tabindex="0"></div><textarea id="content"></textarea>
    <button id="emoji-button"></button><div id="people"></div>
    <div id="elsewhere" tabindex="0"></div>
    ${['open-rooms', 'open-help', 'open-settings'].map((id) => `<a id="${id}"></a>`).join('')}`
  const note = (name: string) => (): void => void acts.push(name)
  for (const link of document.querySelectorAll('a')) link.addEventListener('click', note(link.id))
  const lazy = (name: string) => (): Promise<never> => {
    acts.push(name)
    return new Promise(() => {})
  }
  watchKeys({
    page,
    composer: { reply: () => null, addressee: () => null, focus: note('focus') },
    newLine: { seek: note('seek') },
    switcher: { step: note('step') },
    timeline: { toEnd: note('end') },
    search: lazy('search'),
    emoji: lazy('emoji'),
    people: lazy('people'),
    tools: lazy('tools'),
  } as unknown as App)
}

beforeEach(open)

/** What a layout writes with a modifier: by the place of the key. */
type Layout = {
  name: string
  init: KeyboardEventInit & { graph?: boolean }
  writes: [string, string][]
}

const letters: [string, string][] = [...'abcdefghijklmnopqrstuvwxyz'].map((sign) => [
  `Key${sign.toUpperCase()}`,
  sign,
])
const signs: [string, string][] = [
  ['Slash', '/'],
  ['Slash', '?'],
  ['Comma', ','],
  ['Period', '.'],
  ['Semicolon', ';'],
  ['Semicolon', '；'],
  ['Digit7', '/'],
  ['Minus', 'ß'],
  ['IntlRo', '?'],
]
const layouts: Layout[] = [
  { name: 'plain', init: {}, writes: [...letters, ...signs] },
  {
    name: 'capitals',
    init: { shiftKey: true },
    writes: [
      ['KeyN', 'N'],
      ['Slash', '?'],
      ['KeyK', 'K'],
    ],
  },
  {
    name: 'Polish Mac',
    init: { altKey: true },
    writes: [
      ['KeyN', 'ń'],
      ['KeyA', 'ą'],
      ['KeyK', '∆'],
      ['Slash', '÷'],
      ['Comma', '≤'],
    ],
  },
  {
    name: 'US Mac',
    init: { altKey: true },
    writes: [
      ['KeyN', 'Dead'],
      ['KeyE', 'Dead'],
      ['KeyU', 'Dead'],
      ['Comma', '≤'],
      ['Period', '≥'],
    ],
  },
  {
    name: 'Mac with Shift',
    init: { altKey: true, shiftKey: true },
    writes: [
      ['KeyN', 'Ń'],
      ['Slash', '¿'],
    ],
  },
  {
    name: 'German Windows',
    init: { altKey: true, ctrlKey: true, graph: true },
    writes: [
      ['KeyQ', '@'],
      ['KeyE', '€'],
      ['Digit7', '{'],
      ['Minus', '\\'],
      ['KeyN', 'n'],
    ],
  },
  {
    name: 'Windows without AltGr',
    init: { altKey: true, ctrlKey: true },
    writes: [
      ['KeyK', 'ĸ'],
      ['KeyN', 'ń'],
      ['Comma', ','],
      ['Slash', '/'],
      ['Semicolon', ';'],
      ['KeyK', 'k'],
    ],
  },
  {
    name: 'Linux',
    init: { graph: true },
    writes: [
      ['KeyN', 'ń'],
      ['KeyK', 'ĸ'],
      ['Comma', ','],
      ['Slash', '/'],
      ['KeyN', '”'],
      ['KeyU', 'Dead'],
    ],
  },
]

function press(target: Element, key: string, code: string, init: Layout['init']): boolean {
  const event = new KeyboardEvent('keydown', {
    key,
    code,
    bubbles: true,
    cancelable: true,
    ...init,
  })
  event.getModifierState = (name) => name === 'AltGraph' && init.graph === true
  target.dispatchEvent(event)
  return event.defaultPrevented
}

test('whatever a key writes goes into the field and starts nothing', () => {
  const seed = chooseSeed()
  console.log(`seed ${seed}`)
  const random = createRandom(seed)
  const field = document.querySelector('textarea')
  if (field === null) throw new Error('there is no field')
  field.focus()
  for (let n = 0; n < 2_000; n += 1) {
    const layout = layouts[random(layouts.length)]
    const [code, key] = layout?.writes[random(layout.writes.length)] ?? ['', '']
    field.value = random(2) === 0 ? '' : 'Begun'
    const isTaken = press(field, key, code, layout?.init ?? {})
    expect({ name: layout?.name, code, key, isTaken, acts }).toEqual({
      name: layout?.name,
      code,
      key,
      isTaken: false,
      acts: [],
    })
  }
})

test('shortcuts still work while somebody writes, and single signs where nobody does', () => {
  const field = document.querySelector('textarea')
  const elsewhere = document.querySelector<HTMLElement>('#elsewhere')
  if (field === null || elsewhere === null) throw new Error('the page is not whole')
  field.focus()
  const ctrl = { ctrlKey: true }
  for (const [key, code, init] of [
    ['k', 'KeyK', ctrl],
    ['k', 'KeyK', { metaKey: true }],
    [',', 'Comma', ctrl],
    ['/', 'Slash', ctrl],
    [';', 'Semicolon', ctrl],
    ['n', 'KeyN', { altKey: true }],
    ['ArrowUp', 'ArrowUp', { altKey: true }],
  ] as const) {
    expect({ key, isTaken: press(field, key, code, init) }).toEqual({ key, isTaken: true })
  }
  elsewhere.focus()
  for (const [key, code, init] of [
    ['/', 'Slash', {}],
    ['?', 'Slash', { shiftKey: true }],
    ['ń', 'KeyN', { altKey: true }],
  ] as const) {
    expect({ key, isTaken: press(elsewhere, key, code, init) }).toEqual({ key, isTaken: true })
  }
  expect(acts).toContain('open-rooms')
  expect(acts).toContain('search')
})
