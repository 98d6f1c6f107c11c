import { afterAll, beforeAll, expect, test } from 'bun:test'
import { signIn } from '../helpers/client'
import { avif, png, postFiles, upload } from '../helpers/files'
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
  // It is dark in both themes, and so the ring of the focus is light.
  const ring = (): Promise<string> =>
    ada.lightbox.part('[data-do=download]').ask((button) => {
      button.focus()
      return getComputedStyle(button).outlineColor
    })
  await ada.emulate({ dark: true })
  const atNight = await ring()
  await ada.emulate({ dark: false })
  expect(await ring()).toBe(atNight)
  await expectAccessible(ada)
})

test('a picture says who sent it and when, and has arrows at its edges', async () => {
  const sent = ada.part('#lightbox-sent')
  expect(await sent.shownText()).toMatch(/^梅 · \w+ \d+, \d{4}, \d\d:\d\d$/)
  const arrows = ada.parts('.lightbox__edge')
  const places = (): Promise<(number | null)[]> =>
    ada.evaluate(`${arrows.js}.map((arrow) => {
      const { left, right, top, bottom } = arrow.getBoundingClientRect()
      if (right === 0 || top < 0 || bottom > innerHeight) return null
      return Math.round(Math.min(left, innerWidth - right))
    })`)
  // This is the first picture.
  for (const [width, height] of [
    [1280, 800],
    [390, 844],
    [844, 180],
  ] as const) {
    await ada.emulate({ width, height })
    await ada.settled()
    expect(await places()).toEqual([null, 12])
    // Also beside a name that is as long as those of cameras and scanners.
    const isRead = await ada.evaluate<boolean>(`(() => {
      const title = document.querySelector('#lightbox-title')
      const before = title.textContent
      title.textContent = 'Scan of the minutes of the meeting of 2026-11-28 ${'x'.repeat(30)}.png'
      const { bottom } = document.querySelector('#lightbox-sent').getBoundingClientRect()
      const isWithin = bottom <= document.querySelector('.lightbox__about')
        .getBoundingClientRect().bottom + 1
      title.textContent = before
      return isWithin
    })()`)
    expect({ width, height, isRead }).toEqual({ width, height, isRead: true })
  }
  await arrows.at(1).press()
  expect(await ada.lightboxTitle.text()).toBe('second.png (2 of 3)')
  expect(await places()).toEqual([12, 12])
  await arrows.at(0).press()
  expect(await ada.lightboxTitle.text()).toBe('first.png (1 of 3)')
  await ada.emulate({ width: 1280, height: 800 })
})

test('on a phone the whole name of a picture and of a file is read', async () => {
  const name = `${'Minutes of the meeting '.repeat(4)}${'会议记录'.repeat(6)}${'x'.repeat(40)}.png`
  /** Gives the part such a name; whether all of it is in the window and in what is around it. */
  const isWhole = (selector: string, around: string): Promise<boolean> =>
    ada.evaluate(`(() => {
      const part = document.querySelector('${selector}')
      part.replaceChildren('${name}')
      const range = document.createRange()
      range.selectNodeContents(part)
      const { left, right, top, bottom } = range.getBoundingClientRect()
      const frame = part.closest('${around}').getBoundingClientRect()
      return left >= Math.max(0, frame.left) && right <= Math.min(innerWidth, frame.right) &&
        top >= frame.top && bottom <= frame.bottom
    })()`)
  await ada.emulate({ width: 390, height: 844 })
  await ada.settled()
  expect(await isWhole('#lightbox-title', '.lightbox__about')).toBe(true)
  await ada.press('Escape')
  await ada.files.bring('paste')
  await ada.composer.tray.counts(1)
  expect(await isWhole('#tray bdi', '.tray__about')).toBe(true)
  await ada.part('#tray button').press()
  await ada.parts('.pic').at(0).press()
  await ada.lightbox.shown()
  await ada.waitFor(`${ada.lightbox.part('img').js}.naturalWidth > 0`, 'the picture')
  await ada.emulate({ width: 1280, height: 800 })
  await ada.settled()
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

test('a picture that is still on its way is copied, too', async () => {
  const permissions = ['clipboardReadWrite', 'clipboardSanitizedWrite']
  await ada.cdp('Browser.grantPermissions', { permissions })
  const image = ada.lightbox.part('img')
  await image.ask((element) => {
    if (element instanceof HTMLImageElement) element.src += '?again'
  })
  await ada.lightbox.part('.lightbox__note').ask((note) => note.replaceChildren())
  await ada.click('#lightbox [data-do=copy]')
  await ada.lightbox.part('.lightbox__note').says('Copied')
  const pasted = `navigator.clipboard.read().then(async ([item]) =>
    (await createImageBitmap(await item.getType('image/png'))).width)`
  expect(await ada.evaluate<number>(pasted)).toBe(400)
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
  await ada.settled()
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

test('a clear picture is shown on a ground on which black and white are seen', async () => {
  const mei = await signIn(server, 'Clear')
  const { id } = await upload(server, mei, avif.clear, { name: 'clear.avif' })
  await postFiles(server, mei, 1, 'clear', [id])
  const image = ada.part('[data-name="clear.avif"] img')
  await ada.waitFor(`${image.js}?.complete && ${image.js}.naturalWidth === 32`, 'the picture')
  for (const dark of [false, true]) {
    await ada.emulate({ dark })
    const colours = await ada.evaluate<number[][]>(`[${image.js}].map((image) => {
      for (let part = image; part; part = part.parentElement) {
        const { backgroundColor, backgroundImage } = getComputedStyle(part)
        const found = (backgroundImage + backgroundColor).match(/rgb\\([^)]+\\)/g) ?? []
        if (found.length > 0) return found.map((one) => one.match(/[\\d.]+/g).map(Number))
      }
    })[0]`)
    expect(colours.length).toBeGreaterThan(1)
    for (const [red = 0] of colours) {
      const brightness = ((red / 255 + 0.055) / 1.055) ** 2.4 + 0.05
      expect(Math.min(1.05 / brightness, brightness / 0.05)).toBeGreaterThan(3)
    }
  }
  await ada.emulate({ dark: false })
})

test('a video shows its first frame before it is played', async () => {
  const mei = await signIn(server, 'Film')
  const film = await ada.evaluate<number[]>(`(async () => {
    const canvas = document.createElement('canvas')
    const pen = canvas.getContext('2d')
    const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: 'video/webm' })
    const pieces = []
    recorder.ondataavailable = ({ data }) => pieces.push(data)
    recorder.start()
    for (let n = 0; n < 10; n += 1) {
      pen.fillStyle = n % 2 ? '#c00000' : '#b00000'
      pen.fillRect(0, 0, 300, 150)
      await new Promise(requestAnimationFrame)
    }
    const done = new Promise((resolve) => (recorder.onstop = resolve))
    recorder.stop()
    await done
    return [...new Uint8Array(await new Blob(pieces).arrayBuffer())]
  })()`)
  const { id } = await upload(server, mei, Uint8Array.from(film), { name: 'film.bin' })
  await postFiles(server, mei, 1, 'film', [id])
  const video = ada.part('#timeline video')
  await ada.waitFor(`${video.js}?.readyState >= 2 && ${video.js}.paused`, 'the first frame')
  const red = await ada.evaluate<number>(`(() => {
    const canvas = document.createElement('canvas')
    const pen = canvas.getContext('2d')
    pen.drawImage(${video.js}, 0, 0, 10, 10)
    return pen.getImageData(5, 5, 1, 1).data[0]
  })()`)
  expect(red).toBeGreaterThan(100)
})

test('nothing was reported against the policy', () => expectNoProblems(ada))
