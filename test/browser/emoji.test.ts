import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { BrowserPage } from '../helpers/browser'
import { type RunningServer, startServer } from '../helpers/server'
import {
  cell,
  chosen,
  closed,
  field,
  focused,
  isOpen,
  open,
  search,
  textOf,
  undo,
  write,
} from './emoji-panel'
import { enter, expectNoProblems, reload } from './people'

let server: RunningServer
let ada: BrowserPage

beforeAll(async () => {
  server = await startServer()
  ada = await enter(server.port, 'Ada', 'a')
})

afterAll(async () => {
  ada.close()
  await server.dispose()
})

describe('with the mouse', () => {
  test('nothing of it is fetched before it is wanted', async () => {
    expect(ada.requests.filter(({ url }) => /emoji/.test(url))).toEqual([])
    await write(ada, 'Hello ')
    await ada.click('#emoji-button')
    await ada.waitFor(isOpen, 'the panel')
    const fetched = ada.requests.map(({ url }) => /\/(emoji-\w\w)-/.exec(url)?.[1])
    expect(fetched.filter((name) => name !== undefined)).toEqual(['emoji-en'])
  })

  test('it stands above the words, and a click puts an emoji at the caret', async () => {
    const edges = await ada.evaluate<[number, number]>(`[
      document.querySelector('#emoji').getBoundingClientRect().bottom,
      document.querySelector('.slab').getBoundingClientRect().top]`)
    expect(edges[0]).toBeLessThanOrEqual(edges[1])
    await ada.evaluate(`${field}.setSelectionRange(5, 5)`)
    await ada.click(cell('Smileys and emotion', 'grinning face'))
    await closed(ada)
    expect(await textOf(ada)).toBe('Hello😀 ')
    expect(await ada.evaluate<string>(focused)).toBe('content')
  })

  test('over a selection it is one step for undo, and for redo', async () => {
    await write(ada, 'Hello you', 6, 9)
    await ada.click('#emoji-button')
    await ada.waitFor(isOpen, 'the panel')
    await ada.click(cell('Smileys and emotion', 'grinning face with big eyes'))
    await closed(ada)
    expect(await textOf(ada)).toBe('Hello 😃')
    await undo(ada)
    expect(await textOf(ada)).toBe('Hello you')
    await undo(ada, 'redo')
    expect(await textOf(ada)).toBe('Hello 😃')
  })

  test('the button that opened it closes it, and so does a click beside it', async () => {
    for (const selector of ['#emoji-button', '.head']) {
      await ada.click('#emoji-button')
      await ada.waitFor(isOpen, 'the panel')
      expect(
        await ada.evaluate<string>(
          `document.querySelector('#emoji-button').getAttribute('aria-expanded')`,
        ),
      ).toBe('true')
      await ada.click(selector)
      await Bun.sleep(200)
      expect(await ada.evaluate<boolean>(isOpen)).toBe(false)
    }
  })

  test('a tab leads to its group, whose emoji are there when it is seen', async () => {
    await ada.click('#emoji-button')
    await ada.waitFor(isOpen, 'the panel')
    await ada.click('.emoji__tab[aria-label=Flags]')
    const flag = cell('Flags', 'flag: Iceland')
    await ada.waitFor(`document.querySelector('${flag}')?.checkVisibility()`, 'the flags')
    const tab = `document.querySelector('.emoji__tab[aria-selected=true]').ariaLabel`
    await ada.waitFor(`${tab} === 'Flags'`, 'its tab to be marked')
    await ada.press('Escape')
    await closed(ada)
  })
})

describe('with the keyboard', () => {
  test('Ctrl ; opens it with the focus in the search, Escape gives the caret back', async () => {
    await write(ada, 'ab', 1)
    await open(ada)
    expect(await ada.evaluate<string>(focused)).toBe('emoji-search')
    await ada.press('Escape')
    await closed(ada)
    const caret = `[${focused}, ${field}.selectionStart, ${field}.selectionEnd]`
    expect(await ada.evaluate<unknown>(caret)).toEqual(['content', 1, 1])
  })

  test('the arrows walk in two dimensions, Home and End along the row', async () => {
    await open(ada)
    const columns = Number(
      await ada.evaluate<string>(
        `document.querySelector('.emoji__grid').style.getPropertyValue('--columns')`,
      ),
    )
    expect(columns).toBe(9)
    const place = `(() => { const cell = document.querySelector('.emoji__cell--chosen')
      const group = cell.closest('.emoji__group')
      return [[...group.parentElement.children].indexOf(group),
        [...group.querySelectorAll('.emoji__cell')].indexOf(cell)] })()`
    // The first section is what was used lately: two until now.
    const walks: [key: string, section: number, index: number][] = [
      ['ArrowDown', 0, 0],
      ['ArrowRight', 0, 1],
      ['ArrowDown', 1, 1],
      ['ArrowDown', 1, columns + 1],
      ['ArrowLeft', 1, columns],
      ['ArrowLeft', 1, columns - 1],
      ['Home', 1, 0],
      ['End', 1, columns - 1],
      ['PageDown', 1, columns * 6 - 1],
      ['PageUp', 1, columns - 1],
      ['ArrowUp', 0, 1],
    ]
    for (const [key, ...where] of walks) {
      await ada.press(key)
      expect([key, ...(await ada.evaluate<number[]>(place))]).toEqual([key, ...where])
    }
    await ada.press('End', ['Control'])
    await ada.waitFor(`${chosen} === 'flag: Wales'`, 'the very last')
    const active = `document.getElementById(${search}.getAttribute('aria-activedescendant'))`
    expect(await ada.evaluate<string>(`${active}.ariaLabel`)).toBe('flag: Wales')
    await ada.press('Home', ['Control'])
    expect(await ada.evaluate<number[]>(place)).toEqual([0, 0])
    await ada.press('Escape')
    await closed(ada)
  })

  test('Enter inserts the first that was found; Shift and Enter keep the panel open', async () => {
    await write(ada, 'x')
    await open(ada)
    await ada.type('joy')
    await ada.waitFor(`${chosen} === 'face with tears of joy'`, 'the best')
    await ada.press('Enter', ['Shift'])
    await ada.press('ArrowRight')
    await ada.press('ArrowDown')
    expect(await ada.evaluate<boolean>(isOpen)).toBe(true)
    expect(await ada.evaluate<string>(focused)).toBe('emoji-search')
    await ada.evaluate(`(${search}.select())`)
    await ada.type('birthday')
    await ada.waitFor(`${chosen} === 'birthday cake'`, 'the cake')
    await ada.press('Enter')
    await closed(ada)
    expect(await textOf(ada)).toBe('x😂🎂')
    await undo(ada)
    expect(await textOf(ada)).toBe('x😂')
  })

  test('what was used stands first the next time, over a reload', async () => {
    await reload(ada)
    await open(ada)
    const first = `document.querySelector('.emoji__group').dataset.name`
    expect(await ada.evaluate<string>(first)).toBe('Recently used')
    const recent = `[...document.querySelectorAll('.emoji__group:first-child .emoji__cell')]
      .map((each) => each.textContent)`
    expect((await ada.evaluate<string[]>(recent)).toSorted()).toEqual(
      ['😀', '😃', '😂', '🎂'].toSorted(),
    )
    await ada.press('Escape')
  })

  test('a skin tone is chosen once, spoken, and remembered over a reload', async () => {
    await open(ada)
    await ada.press('Tab')
    const tone = `document.querySelector('.emoji__tone').getAttribute('aria-label')`
    expect(await ada.evaluate<string>(tone)).toBe('Skin tone: default')
    await ada.press('Enter')
    for (let n = 0; n < 3; n += 1) await ada.press('ArrowRight')
    const status = `document.querySelector('#status').textContent`
    await ada.waitFor(`${status} === 'Skin tone: medium'`, 'it to be spoken')
    await ada.press('Enter')
    await ada.press('Escape')
    await closed(ada)
    await reload(ada)
    await write(ada, '')
    await open(ada)
    expect(await ada.evaluate<string>(tone)).toBe('Skin tone: medium')
    await ada.type('wave')
    await ada.waitFor(`${chosen} === 'waving hand'`, 'the hand')
    await ada.press('Enter')
    await closed(ada)
    expect(await textOf(ada)).toBe('👋🏽')
  })

  test('Escape closes one layer: first the row of tones, then the panel', async () => {
    await open(ada)
    await ada.press('Tab')
    await ada.press('Enter')
    await ada.press('Escape')
    expect(await ada.evaluate<boolean>(isOpen)).toBe(true)
    expect(await ada.evaluate<boolean>(`document.querySelector('.emoji__tones').hidden`)).toBe(true)
    await ada.press('Escape')
    await closed(ada)
  })
})

test('nothing was reported against the policy', () => expectNoProblems(ada))
