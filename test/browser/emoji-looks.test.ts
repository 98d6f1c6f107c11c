import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type RunningServer, startServer } from '../helpers/server'
import {
  type ChatPage,
  addressOf,
  enter,
  expectAccessible,
  expectNoProblems,
} from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
let mei: ChatPage

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

describe('on a Chinese phone', () => {
  test('the panel is a sheet, the keyboard stays down, a touch inserts', async () => {
    await mei.becomePhone()
    await mei.touch('#emoji-button')
    await mei.emoji.opened()
    // It slides in.
    await mei.settled()
    const state = await mei.evaluate<unknown>(`[document.activeElement.id === 'emoji-list',
      Math.round(document.querySelector('#emoji').getBoundingClientRect().bottom - innerHeight),
      document.querySelector('#emoji-list li').offsetHeight >= 44,
      document.querySelector('#emoji').scrollWidth <= innerWidth]`)
    expect(state).toEqual([true, 0, true, true])
    await mei.touch(mei.emoji.cell('笑脸与情绪', '嘿嘿'))
    await mei.emoji.closed()
    expect(await mei.composer.field.value()).toBe('😀')
  })

  test('the search finds Chinese and, without a Chinese word, English', async () => {
    await mei.composer.write('')
    await mei.emoji.open()
    await mei.emoji.search.focus()
    await mei.imeCompose('xiao ku')
    await mei.imeCommit('笑哭')
    await mei.emoji.chooses('笑哭了')
    await mei.emoji.search.select()
    // A word that only the English names have.
    await mei.type('pinocchio')
    await mei.emoji.chosen.reads('🤥')
    expect(await mei.status.text()).toMatch(/^找到 \d+ 个$/)
    await mei.press('Escape')
    await mei.emoji.closed()
  })
})

test('any emoji can be a reaction, with the focus back at the message', async () => {
  await ada.send('Look at them')
  await ada.sees('Look at them')
  await ada.row('Look at them').reach()
  await ada.press('+')
  await ada.part('[data-quick="👍"]').focused()
  await ada.click(ada.messages.menuTool('emoji'))
  await ada.emoji.opened()
  await ada.type('penguin')
  await ada.emoji.chooses('penguin')
  await ada.press('Enter')
  await ada.emoji.closed()
  for (const page of [ada, mei]) {
    await page.row('Look at them').part('.reaction[data-emoji="🐧"]').shown()
  }
  await ada.row('Look at them').focused()
  expect(await ada.composer.field.value()).toBe('')
})

describe('open', () => {
  test('the panel is accessible with groups, with results and with skin tones', async () => {
    await ada.emoji.open()
    await expectAccessible(ada)
    await ada.type('heart')
    await ada.emoji.sections.counts(1)
    await expectAccessible(ada)
    await ada.emoji.tone.press()
    await expectAccessible(ada)
    await ada.press('Escape')
    await ada.press('Escape')
  })

  test('in a low window a row of emoji is seen', async () => {
    await ada.emulate({ width: 844, height: 180 })
    await ada.emoji.open()
    await ada.settled()
    const isSeen = `((list, cell) => {
      const [box, first] = [list, cell].map((part) => part.getBoundingClientRect())
      return first.top >= box.top && first.bottom <= Math.min(box.bottom, innerHeight)
    })(...['#emoji-list', '#emoji-list [role=group]:not([hidden], :empty) li']
      .map((selector) => document.querySelector(selector)))`
    expect(await ada.evaluate<boolean>(isSeen)).toBe(true)
    await ada.press('Escape')
    await ada.emoji.closed()
    await ada.emulate({ width: 1280, height: 800 })
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
    await ada.reload()
    await ada.emoji.open()
    const missing = `Object.entries(localStorage)
      .find(([key]) => key.endsWith('emoji.missing'))?.[1]`
    await ada.waitFor(missing, 'the look at the canvas')
    const { versions } = JSON.parse(await ada.evaluate<string>(missing))
    expect(versions).toContain('16')
    expect(versions).not.toContain('14')
    await ada.part('#emoji-list [aria-label="face with bags under eyes"]').gone()
    await ada.type('bags under')
    await ada.emoji.chosen.gone()
    await ada.press('Escape')
    await ada.emoji.closed()
  })

  test('without a connection the button says so, and works when there is one again', async () => {
    // Otherwise the panel is fetched as soon as the page is idle.
    const source = 'window.requestIdleCallback = () => 0'
    await ada.cdp('Page.addScriptToEvaluateOnNewDocument', { source })
    await ada.goto(addressOf(server.port, 'a'))
    await ada.connected()
    const offline = { latency: 0, downloadThroughput: 0, uploadThroughput: 0 }
    await ada.cdp('Network.setCacheDisabled', { cacheDisabled: true })
    await ada.cdp('Network.emulateNetworkConditions', { ...offline, offline: true })
    await ada.press(';', ['Control'])
    await ada.part('.toast').reads('connected')
    const online = { offline: false, downloadThroughput: -1, uploadThroughput: -1, latency: 0 }
    await ada.cdp('Network.emulateNetworkConditions', online)
    await ada.emoji.open()
    ada.problems.splice(0, Infinity, ...ada.problems.filter((each) => !/ERR_INTERNET/.test(each)))
  })

  test('the licences of what is inside are linked from the help sheet', async () => {
    await ada.press('/', ['Control'])
    await ada.waitFor(
      `document.querySelector('#panel[open] a') && document.activeElement.id === 'panel-title'`,
      'the help sheet',
    )
    const text = await ada.evaluate<string>(
      `fetch(document.querySelector('#panel[open] a').href).then((file) => file.text())`,
    )
    for (const name of ['emojibase-data', 'hono', 'htmx.org', 'uqr']) expect(text).toContain(name)
    expect(text).toContain('Copyright (c) 2017-2019 Miles Johnson')
    await ada.press('Escape')
  })

  test('nothing was reported against the policy, and nothing went elsewhere', () =>
    expectNoProblems(ada, mei))
})
