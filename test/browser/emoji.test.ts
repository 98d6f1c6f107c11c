import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { BrowserPage } from '../helpers/browser'
import { type RunningServer, startServer } from '../helpers/server'
import { addressOf, connected, enter, expectAccessible, expectNoProblems, reload } from './people'

let server: RunningServer
let ada: BrowserPage
let mei: BrowserPage

beforeAll(async () => {
  server = await startServer()
  ada = await enter(server.port, 'Ada', 'a')
  mei = await enter(server.port, '梅', 'b', { width: 390, height: 844, language: 'zh-CN' })
})

afterAll(async () => {
  ada.close()
  mei.close()
  await server.dispose()
})

const field = `document.querySelector('#content')`
const search = `document.querySelector('#emoji-search')`
const isOpen = `(document.querySelector('#emoji')?.matches(':popover-open') === true)`
const chosen = `document.querySelector('.emoji__cell--chosen')?.getAttribute('aria-label')`
const focused = `document.activeElement.id`

/** A cell of a group by what it is called; the group comes into sight first. */
const cell = (group: string, label: string): string =>
  `.emoji__group[data-name="${group}"] .emoji__cell[aria-label="${label}"]`

async function write(page: BrowserPage, text: string, from = text.length, to = from) {
  await page.evaluate(`(${field}.focus(), ${field}.select())`)
  await page.press('Delete')
  if (text !== '') await page.type(text)
  await page.evaluate(`${field}.setSelectionRange(${from}, ${to})`)
}

const textOf = (page: BrowserPage): Promise<string> => page.evaluate<string>(`${field}.value`)

async function open(page: BrowserPage): Promise<void> {
  await page.press(';', ['Control'])
  await page.waitFor(isOpen, 'the panel')
}

async function closed(page: BrowserPage): Promise<void> {
  await page.waitFor(`!${isOpen}`, 'the panel to close')
}

describe('with the mouse', () => {
  test('nothing of it is fetched before it is wanted', async () => {
    expect(ada.requests.filter(({ url }) => /emoji/.test(url))).toEqual([])
    await write(ada, 'Hello ')
    await ada.click('#emoji-button')
    await ada.waitFor(isOpen, 'the panel')
    const fetched = ada.requests.map(({ url }) => /[^/]*emoji-[a-z]{2}/.exec(url)?.[0])
    expect(fetched.filter((name) => name !== undefined)).toEqual(['emoji-en'])
  })

  test('it stands above the words, and a click puts an emoji at the caret', async () => {
    const edges = await ada.evaluate<[number, number]>(`[
      document.querySelector('#emoji').getBoundingClientRect().bottom,
      document.querySelector('.slab').getBoundingClientRect().top]`)
    expect(edges[0]).toBeLessThanOrEqual(edges[1])
    await ada.evaluate(`${field}.setSelectionRange(5, 5)`)
    await ada.click(cell('Smileys and feelings', 'grinning face'))
    await closed(ada)
    expect(await textOf(ada)).toBe('Hello😀 ')
    expect(await ada.evaluate<string>(focused)).toBe('content')
  })

  test('over a selection it is one step for undo, and for redo', async () => {
    await write(ada, 'Hello you', 6, 9)
    await ada.click('#emoji-button')
    await ada.waitFor(isOpen, 'the panel')
    await ada.click(cell('Smileys and feelings', 'grinning face with big eyes'))
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
    const tab = `document.querySelector('.emoji__tab[aria-selected=true]').getAttribute('aria-label')`
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
    const place = `document.querySelector('.emoji__cell--chosen').id.split('-').slice(1).map(Number)`
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
    expect(await ada.evaluate<string>(first)).toBe('Used lately')
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
    expect(await ada.evaluate<string>(tone)).toBe('Skin tone: none')
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

describe('on a Chinese phone', () => {
  test('it is a sheet, the keyboard stays down, a touch inserts', async () => {
    await mei.cdp('Emulation.setTouchEmulationEnabled', { enabled: true, maxTouchPoints: 5 })
    const metrics = { width: 390, height: 844, deviceScaleFactor: 1, mobile: true }
    await mei.cdp('Emulation.setDeviceMetricsOverride', metrics)
    await touch(mei, '#emoji-button')
    await mei.waitFor(isOpen, 'the panel')
    // It slides in.
    await Bun.sleep(400)
    const state = await mei.evaluate<unknown>(`[${focused} === 'emoji-grid',
      Math.round(document.querySelector('#emoji').getBoundingClientRect().bottom - innerHeight),
      document.querySelector('.emoji__row .emoji__cell').offsetHeight >= 44,
      document.querySelector('#emoji').scrollWidth <= innerWidth]`)
    expect(state).toEqual([true, 0, true, true])
    await touch(mei, cell('笑脸与情绪', '嘿嘿'))
    await closed(mei)
    expect(await textOf(mei)).toBe('😀')
  })

  test('the search finds Chinese and, without a Chinese word, English', async () => {
    await write(mei, '')
    await open(mei)
    await mei.evaluate(`${search}.focus()`)
    await mei.imeCompose('xiao ku')
    await mei.imeCommit('笑哭')
    await mei.waitFor(`${chosen} === '笑哭了'`, 'it by its Chinese name')
    await mei.evaluate(`${search}.select()`)
    // A word that only the English names have: they are fetched now.
    await mei.type('pinocchio')
    await mei.waitFor(
      `${chosen} !== undefined && ${chosen} !== '笑哭了'`,
      'it by a word of English',
    )
    const shown = `document.querySelector('.emoji__cell--chosen').textContent`
    expect(await mei.evaluate<string>(shown)).toBe('🤥')
    expect(await mei.evaluate<string>(`document.querySelector('#status').textContent`)).toMatch(
      /^找到 \d+ 个$/,
    )
    await mei.press('Escape')
    await closed(mei)
  })
})

describe('open', () => {
  test('the checker has no complaint, with groups, with results, with the tones', async () => {
    await open(ada)
    await expectAccessible(ada)
    await ada.type('heart')
    await ada.waitFor(`document.querySelectorAll('.emoji__group').length === 1`, 'the results')
    await expectAccessible(ada)
    await ada.evaluate(`document.querySelector('.emoji__tone').click()`)
    await expectAccessible(ada)
    await ada.press('Escape')
    await ada.press('Escape')
  })

  test('emoji that the system cannot draw are hidden', async () => {
    // A system that knows nothing newer than Unicode 15: what it cannot draw leaves no ink.
    const source = `(() => {
      const draw = CanvasRenderingContext2D.prototype.fillText
      CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
        if (/[\\u{1FAE9}\\u{1F6D8}\\u{1FACD}]/u.test(text)) return
        this.fillStyle = '#888'
        this.fillRect(x, y, 10, 10)
      }
    })()`
    await ada.cdp('Page.addScriptToEvaluateOnNewDocument', { source })
    await ada.evaluate(`Object.keys(localStorage).filter((key) => key.endsWith('emoji.missing'))
      .forEach((key) => localStorage.removeItem(key))`)
    await reload(ada)
    await open(ada)
    const missing = `Object.entries(localStorage).find(([key]) => key.endsWith('emoji.missing'))?.[1]`
    await ada.waitFor(missing, 'the look at the canvas')
    const { versions } = JSON.parse(await ada.evaluate<string>(missing))
    expect(versions).toContain('16')
    expect(versions).not.toContain('14')
    const bags = `document.querySelector('.emoji__cell[aria-label="face with bags under eyes"]')`
    await ada.waitFor(`${bags} === null`, 'it to be gone')
    await ada.type('bags under')
    await ada.waitFor(`${chosen} === undefined`, 'nothing')
    await ada.press('Escape')
    await closed(ada)
  })

  test('without a connection the button says so, and works when there is one again', async () => {
    await ada.goto(addressOf(server.port, 'a'))
    await connected(ada)
    const offline = { latency: 0, downloadThroughput: 0, uploadThroughput: 0 }
    await ada.cdp('Network.setCacheDisabled', { cacheDisabled: true })
    await ada.cdp('Network.emulateNetworkConditions', { ...offline, offline: true })
    await ada.press(';', ['Control'])
    await ada.waitFor(`/connection/.test(document.querySelector('.toast')?.textContent)`, 'words')
    const online = { offline: false, downloadThroughput: -1, uploadThroughput: -1, latency: 0 }
    await ada.cdp('Network.emulateNetworkConditions', online)
    await open(ada)
    ada.problems.splice(0, Infinity, ...ada.problems.filter((each) => !/ERR_INTERNET/.test(each)))
  })

  test('nothing was reported against the policy, and nothing went elsewhere', () =>
    expectNoProblems(ada, mei))
})

/** The key of the browser itself, which knows what was done to the field. */
async function undo(page: BrowserPage, command: 'undo' | 'redo' = 'undo'): Promise<void> {
  const shift = command === 'redo' ? 8 : 0
  const key = { key: 'z', code: 'KeyZ', windowsVirtualKeyCode: 90, modifiers: 2 + shift }
  await page.cdp('Input.dispatchKeyEvent', { ...key, type: 'rawKeyDown', commands: [command] })
  await page.cdp('Input.dispatchKeyEvent', { ...key, type: 'keyUp' })
}

/** A finger, not a mouse. */
async function touch(page: BrowserPage, selector: string): Promise<void> {
  const where = `(() => { const { x, y, width, height } =
    document.querySelector('${selector}').getBoundingClientRect()
    return { x: x + width / 2, y: y + height / 2 } })()`
  const point = await page.evaluate<{ x: number; y: number }>(where)
  await page.cdp('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] })
  await page.cdp('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
}
