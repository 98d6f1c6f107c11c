import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, enter, expectNoProblems } from './pages/chat-page'

let server: RunningServer
let ada: ChatPage

beforeAll(async () => {
  server = await startServer()
  ada = await enter(server.port, 'Ada', 'a')
})

afterAll(async () => {
  ada.close()
  await server.dispose()
})

describe('with the mouse', () => {
  test('nothing of the panel is fetched before it is opened', async () => {
    expect(ada.requests.filter(({ url }) => /emoji/.test(url))).toEqual([])
    await ada.composer.write('Hello ')
    await ada.click('#emoji-button')
    await ada.emoji.opened()
    const fetched = ada.requests.map(({ url }) => /\/(emoji-\w\w)-/.exec(url)?.[1])
    expect(fetched.filter((name) => name !== undefined)).toEqual(['emoji-en'])
  })

  test('the panel opens above the composer, and a click inserts at the caret', async () => {
    const edges = await ada.evaluate<[number, number]>(`[
      document.querySelector('#emoji').getBoundingClientRect().bottom,
      document.querySelector('.slab').getBoundingClientRect().top]`)
    expect(edges[0]).toBeLessThanOrEqual(edges[1])
    await ada.composer.select(5)
    await ada.click(ada.emoji.cell('Smileys and emotion', 'grinning face'))
    await ada.emoji.closed()
    expect(await ada.composer.field.value()).toBe('Hello😀 ')
    expect(await ada.focusedId()).toBe('content')
  })

  test('replacing a selection is one step for undo and for redo', async () => {
    await ada.composer.write('Hello you', 6, 9)
    await ada.click('#emoji-button')
    await ada.emoji.opened()
    await ada.click(ada.emoji.cell('Smileys and emotion', 'grinning face with big eyes'))
    await ada.emoji.closed()
    expect(await ada.composer.field.value()).toBe('Hello 😃')
    await ada.composer.undo()
    expect(await ada.composer.field.value()).toBe('Hello you')
    await ada.composer.undo('redo')
    expect(await ada.composer.field.value()).toBe('Hello 😃')
  })

  test('its button and a click outside close the panel', async () => {
    for (const selector of ['#emoji-button', '.head']) {
      await ada.click('#emoji-button')
      await ada.emoji.opened()
      expect(await ada.part('#emoji-button').attribute('aria-expanded')).toBe('true')
      await ada.click(selector)
      // For so long a click counts as the one that has closed it.
      await Bun.sleep(200)
      expect(await ada.emoji.isOpen()).toBe(false)
    }
  })

  test('a tab leads to its group, whose emoji are drawn when it is visible', async () => {
    await ada.click('#emoji-button')
    await ada.emoji.opened()
    await ada.click('.emoji__tab[aria-label=Flags]')
    const flag = ada.emoji.cell('Flags', 'flag: Iceland')
    await ada.waitFor(`document.querySelector('${flag}')?.checkVisibility()`, 'the flags')
    await ada.emoji.tab.becomes('[aria-label=Flags]')
    await ada.press('Escape')
    await ada.emoji.closed()
  })
})

describe('with the keyboard', () => {
  test('Ctrl ; opens it with the focus in the search, Escape gives the caret back', async () => {
    await ada.composer.write('ab', 1)
    await ada.emoji.open()
    expect(await ada.focusedId()).toBe('emoji-search')
    await ada.press('Escape')
    await ada.emoji.closed()
    expect(await ada.focusedId()).toBe('content')
    expect(await ada.composer.selection()).toEqual([1, 1])
  })

  test('arrow keys move in two dimensions, Home and End along the row', async () => {
    await ada.emoji.open()
    await ada.type('heart')
    await ada.emoji.sections.counts(1)
    const columns = await ada.emoji.columns()
    expect(columns).toBe(9)
    await ada.evaluate(`document.querySelector('#emoji-search').select()`)
    await ada.press('Delete')
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
      expect([key, ...(await ada.emoji.place())]).toEqual([key, ...where])
    }
    await ada.press('End', ['Control'])
    await ada.emoji.chooses('flag: Wales')
    const active = await ada.emoji.search.attribute('aria-activedescendant')
    expect(await ada.part(`#${active}`).attribute('aria-label')).toBe('flag: Wales')
    await ada.press('Home', ['Control'])
    expect(await ada.emoji.place()).toEqual([0, 0])
    await ada.press('Escape')
    await ada.emoji.closed()
  })

  test('Enter inserts the first that was found; Shift and Enter keep the panel open', async () => {
    await ada.composer.write('x')
    await ada.emoji.open()
    await ada.type('joy')
    await ada.emoji.chooses('face with tears of joy')
    await ada.press('Enter', ['Shift'])
    await ada.press('ArrowRight')
    await ada.press('ArrowDown')
    expect(await ada.emoji.isOpen()).toBe(true)
    expect(await ada.focusedId()).toBe('emoji-search')
    await ada.evaluate(`(document.querySelector('#emoji-search').select())`)
    await ada.type('birthday')
    await ada.emoji.chooses('birthday cake')
    await ada.press('Enter')
    await ada.emoji.closed()
    expect(await ada.composer.field.value()).toBe('x😂🎂')
    await ada.composer.undo()
    expect(await ada.composer.field.value()).toBe('x😂')
  })

  test('recently used emoji come first, also after a reload', async () => {
    await ada.reload()
    await ada.emoji.open()
    expect(await ada.emoji.sections.at(0).attribute('aria-label')).toBe('Recently used')
    expect(await ada.emoji.tab.attribute('aria-label')).toBe('Recently used')
    expect((await ada.emoji.recent.texts()).toSorted()).toEqual(['😀', '😃', '😂', '🎂'].toSorted())
    await ada.press('Escape')
  })

  test('a skin tone is chosen once, spoken, and remembered over a reload', async () => {
    await ada.emoji.open()
    await ada.press('Tab')
    expect(await ada.emoji.tone.attribute('aria-label')).toBe('Skin tone: default')
    await ada.press('Enter')
    for (let n = 0; n < 3; n += 1) await ada.press('ArrowRight')
    await ada.status.says('Skin tone: medium')
    await ada.press('Enter')
    await ada.press('Escape')
    await ada.emoji.closed()
    await ada.reload()
    await ada.composer.write('')
    await ada.emoji.open()
    expect(await ada.emoji.tone.attribute('aria-label')).toBe('Skin tone: medium')
    await ada.type('wave')
    await ada.emoji.chooses('waving hand')
    await ada.press('Enter')
    await ada.emoji.closed()
    expect(await ada.composer.field.value()).toBe('👋🏽')
  })

  test('Escape closes one layer: first the row of tones, then the panel', async () => {
    await ada.emoji.open()
    await ada.press('Tab')
    await ada.press('Enter')
    await ada.press('Escape')
    expect(await ada.emoji.isOpen()).toBe(true)
    expect(await ada.emoji.tones.isShown()).toBe(false)
    await ada.press('Escape')
    await ada.emoji.closed()
  })
})

test('nothing was reported against the policy', () => expectNoProblems(ada))
