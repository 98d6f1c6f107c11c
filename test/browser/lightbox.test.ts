import { afterAll, beforeAll, expect, test } from 'bun:test'
import { signIn } from '../helpers/client'
import { png, postFiles, upload } from '../helpers/files'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, enter, expectAccessible, expectNoProblems } from './pages/chat-page'

let server: RunningServer
let ada: ChatPage

beforeAll(async () => {
  server = await startServer()
  const mei = await signIn(server, '梅')
  const picture = async (name: string, width: number) =>
    (await upload(server, mei, png(width, 300, [20, 90, 160]), { name, description: `A ${name}` }))
      .id
  await postFiles(server, mei, 1, 'one', [await picture('first.png', 400)], 'One')
  const several = [await picture('second.png', 300), await picture('third.png', 900)]
  await postFiles(server, mei, 1, 'two', several)
  const files = [await upload(server, mei, 'words', { name: '笔记.txt', description: 'Notes' })]
  await postFiles(
    server,
    mei,
    1,
    'file',
    files.map(({ id }) => id),
    'A file',
  )
  ada = await enter(server.port, 'Ada', 'a')
  await ada.parts('.pic').counts(3)
})

afterAll(async () => {
  ada.close()
  await server.dispose()
})

test('pictures and files in the room are accessible, and so is the tray', async () => {
  await expectAccessible(ada)
  await ada.files.bring('paste')
  await ada.composer.tray.counts(1)
  await expectAccessible(ada)
  await ada.part('#tray button').press()
})

test('a picture opens by keyboard, and arrow keys lead through the room', async () => {
  await ada.parts('.pic').at(1).focus()
  await ada.press('Enter')
  await ada.lightbox.shown()
  expect(await ada.lightboxTitle.text()).toBe('second.png (2 of 3)')
  await ada.press('ArrowRight')
  expect(await ada.lightboxTitle.text()).toBe('third.png (3 of 3)')
  await ada.press('ArrowRight')
  expect(await ada.lightboxTitle.text()).toBe('third.png (3 of 3)')
  await ada.press('ArrowLeft')
  await ada.press('ArrowLeft')
  expect(await ada.lightboxTitle.text()).toBe('first.png (1 of 3)')
  expect(await ada.lightbox.part('img').attribute('alt')).toBe('A first.png')
  expect(await ada.lightbox.part('[data-do=download]').attribute('download')).toBe('first.png')
  await expectAccessible(ada)
})

test('the picture is copied as a picture, and on plain HTTP as HTML', async () => {
  const permissions = ['clipboardReadWrite', 'clipboardSanitizedWrite']
  await ada.cdp('Browser.grantPermissions', { permissions })
  await ada.click('#lightbox [data-do=copy]')
  await ada.lightbox.part('.lightbox__note').says('Copied')
  const pasted = `navigator.clipboard.read().then(async ([item]) => {
    const bitmap = await createImageBitmap(await item.getType('image/png'))
    return [bitmap.width, bitmap.height].join()
  })`
  expect(await ada.evaluate<string>(pasted)).toBe('400,300')
  await ada.evaluate(`(() => {
    Object.defineProperty(navigator, 'clipboard', { get: () => undefined, configurable: true })
    addEventListener('copy', ({ clipboardData }) =>
      (window.wasCopied = clipboardData.getData('text/html')), { once: true })
    document.querySelector('.lightbox__note').textContent = ''
  })()`)
  await ada.click('#lightbox [data-do=copy]')
  await ada.lightbox.part('.lightbox__note').says('Copied')
  expect(await ada.evaluate<string>('window.wasCopied')).toMatch(
    /^<img src="data:image\/png;base64,[^"]{100,}" alt="A first.png">$/,
  )
  await ada.evaluate(`delete navigator.clipboard`)
  await expectAccessible(ada)
})

test('a picture zooms, and Escape leads back to its message', async () => {
  const scale = (): Promise<number> =>
    ada.lightbox.part('img').ask(({ style }) => Number(style.scale || 1))
  await ada.press('+')
  expect(await scale()).toBeGreaterThan(1)
  await ada.press('-')
  expect(await scale()).toBe(1)
  // These are the browser's: it makes all letters larger, and goes a page back.
  const isLeft = await ada.evaluate<boolean[]>(`[['+', { ctrlKey: true }], ['ArrowLeft',
    { altKey: true }]].map(([key, init]) => document.querySelector('#lightbox').dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init })))`)
  expect(isLeft).toEqual([true, true])
  expect(await scale()).toBe(1)
  await ada.lightbox
    .part('img')
    .ask((image) => image.dispatchEvent(new MouseEvent('dblclick', { bubbles: true })))
  expect(await scale()).toBe(2.5)
  await ada.press('Escape')
  await ada.lightbox.gone()
  await ada.part('[data-name="first.png"]').focused()
})

test('a picture zooms where one points, and cannot be dragged off the screen', async () => {
  await ada.part('.pic').press()
  const image = ada.lightbox.part('img')
  await ada.waitFor(`${image.js}.naturalWidth > 0`, 'the picture')
  const corner = (): Promise<number[]> =>
    image.ask((element) => {
      const { left, top } = element.getBoundingClientRect()
      return [left, top].map(Math.round)
    })
  const mouse = (type: string, x: number, y: number, more = {}): Promise<unknown> =>
    ada.cdp('Input.dispatchMouseEvent', { type, x, y, button: 'left', clickCount: 1, ...more })
  const [left = 0, top = 0] = await corner()
  await mouse('mouseWheel', left + 100, top + 40, { button: 'none', deltaX: 0, deltaY: -100 })
  await ada.waitFor(`${image.js}.style.scale === '1.15'`, 'the zoom')
  expect(await corner()).toEqual([left - 15, top - 6])
  await mouse('mousePressed', left + 100, top + 100)
  await mouse('mouseMoved', left + 900, top + 900, { buttons: 1 })
  await mouse('mouseReleased', left + 900, top + 900)
  const isDragged = `${image.js}.getBoundingClientRect().left >= ${left} - 1`
  await ada.waitFor(isDragged, 'the drag')
  expect(await corner()).toEqual([left, top])
  const touch = (type: string, ...places: number[]): Promise<unknown> => {
    const touchPoints = places.map((x, id) => ({ x: left + x, y: top + 50, id }))
    return ada.cdp('Input.dispatchTouchEvent', { type, touchPoints })
  }
  await touch('touchStart', 100)
  await touch('touchStart', 100, 150)
  await touch('touchMove', 100, 200)
  await touch('touchEnd')
  await ada.waitFor(`${image.js}.style.scale === '2.3'`, 'two fingers')
  await ada.lightbox.shown()
  await ada.press('Escape')
  await ada.lightbox.gone()
})

test('a click outside closes the lightbox, and a swipe goes on or closes it', async () => {
  await ada.part('.pic').press()
  await ada.lightbox.shown()
  const swipe = (x: number, y: number): Promise<unknown> =>
    ada.evaluate(`(() => {
      const image = document.querySelector('#lightbox img')
      image.setPointerCapture = () => {}
      const at = (type, x, y) => image.dispatchEvent(new PointerEvent(type,
        { bubbles: true, pointerId: 1, clientX: x, clientY: y }))
      at('pointerdown', 200, 200)
      at('pointermove', 200 + ${x}, 200 + ${y})
      at('pointerup', 200 + ${x}, 200 + ${y})
    })()`)
  await swipe(-120, 10)
  expect(await ada.lightboxTitle.text()).toBe('second.png (2 of 3)')
  await swipe(10, 150)
  await ada.lightbox.gone()
  await ada.part('.pic').press()
  await ada.lightbox.shown()
  await ada.part('.lightbox__stage').press()
  await ada.lightbox.gone()
})

test('nothing was reported against the policy', () => expectNoProblems(ada))
