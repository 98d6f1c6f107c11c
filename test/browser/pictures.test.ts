import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserPage } from '../helpers/browser'
import { cameraPhoto } from '../helpers/files'
import { makeFolder, type RunningServer, startServer } from '../helpers/server'
import { bring, choose, inTray, pixels } from './files'
import { enter, expectNoProblems, say, sees } from './people'

let server: RunningServer
let ada: BrowserPage
let mei: BrowserPage
const folder = makeFolder()

beforeAll(async () => {
  server = await startServer({ flags: ['--max-upload', '3MB'] })
  ada = await enter(server.port, 'Ada', 'a')
  mei = await enter(server.port, '梅', 'b')
})

afterAll(async () => {
  ada.close()
  mei.close()
  await server.dispose()
})

const shownPictures = `document.querySelectorAll('#timeline .msg:not(.msg--pending) .pic').length`

test('a pasted picture waits in the tray until Enter, and arrives in its colours', async () => {
  await bring(ada, 'paste')
  await inTray(ada, 1)
  expect(await mei.evaluate<number>(shownPictures)).toBe(0)
  await say(ada, 'Look, two colours')
  // At once, from this page, before the server has it.
  await ada.waitFor(`document.querySelector('#timeline .pic img')`, 'the picture')
  await sees(mei, 'Look, two colours')
  expect(await pixels(mei)).toEqual(['red', 'blue'])
  expect(await pixels(ada)).toEqual(['red', 'blue'])
  expect(await ada.evaluate<boolean>(`document.querySelector('#tray').hidden`)).toBe(true)
})

test('a dropped photo is made smaller, keeps its box, and needs no words', async () => {
  await bring(ada, 'drop', { width: 3_000, height: 1_500, type: 'image/jpeg' })
  await inTray(ada, 1)
  await ada.press('Enter')
  await mei.waitFor(`${shownPictures} === 2`, 'the second picture')
  expect(await pixels(mei)).toEqual(['red', 'blue'])
  const found = await mei.evaluate(`(() => {
    const image = [...document.querySelectorAll('.pic img')].at(-1)
    const box = image.getBoundingClientRect()
    return [image.naturalWidth, image.naturalHeight, box.width, Math.round(box.height)]
  })()`)
  expect(found).toEqual([2_048, 1_024, 416, 208])
  // Until it was there, nine colours stood in its place.
  const colours = `fetch(location.href).then((page) => page.text()).then((html) =>
    html.match(/<path fill="#[0-9a-f]{3}"/g).slice(-9).map((path) => path.slice(13, 16)))`
  const [left, , right] = await mei.evaluate<string[]>(colours)
  expect([left, right]).toEqual(['b00', '00b'])
  await mei.waitFor(`document.querySelector('.pic__tiny') === null`, 'the colours to go')
})

test('dragging names the place, and a table stays words', async () => {
  await ada.evaluate(`document.querySelector('#log').dispatchEvent(new DragEvent('dragenter', {
    bubbles: true, cancelable: true, dataTransfer: (() => {
      const data = new DataTransfer()
      data.items.add(new File(['x'], 'x.txt'))
      return data
    })() }))`)
  expect(
    await ada.evaluate<string>(`document.querySelector('#drop:not([hidden])').textContent`),
  ).toBe('Drop to send to #general')
  await ada.waitFor(`document.querySelector('#drop').hidden`, 'the end of the drag')
  await bring(ada, 'paste', { text: 'a\t1\nb\t2' })
  await Bun.sleep(100)
  expect(await ada.evaluate<number>(`document.querySelectorAll('#tray > li').length`)).toBe(0)
})

test('chosen files come with the same bytes and the same name, in Chinese, too', async () => {
  const bytes = crypto.getRandomValues(new Uint8Array(70_000))
  const path = join(folder, '年度报告 (终).pdf')
  writeFileSync(path, bytes)
  await choose(ada, [path])
  await inTray(ada, 1)
  await say(ada, 'The report')
  await sees(mei, 'The report')
  const card = `[...document.querySelectorAll('#timeline .file')].at(-1)`
  await mei.waitFor(`${card}?.href.includes('/attachments/')`, 'the file')
  expect(
    await mei.evaluate(`[${card}.download, ${card}.querySelector('small').textContent]`),
  ).toEqual(['年度报告 (终).pdf', '68 KB'])
  const hash = await mei.evaluate<number>(`fetch(${card}.href).then((file) => file.arrayBuffer())
    .then((bytes) => new Uint8Array(bytes).reduce((sum, byte) => (sum * 31 + byte) % 1e9, 7))`)
  expect(hash).toBe(bytes.reduce((sum, byte) => (sum * 31 + byte) % 1e9, 7))
})

test('no photo carries where it was taken, made smaller or as it is (U17)', async () => {
  const path = join(folder, 'holiday.jpg')
  writeFileSync(path, cameraPhoto(6))
  for (const isOriginal of [false, true]) {
    await choose(ada, [path])
    await inTray(ada, 1)
    if (isOriginal) await ada.evaluate(`document.querySelector('.tray__original input').click()`)
    await say(ada, `Holiday ${isOriginal}`)
    await sees(mei, `Holiday ${isOriginal}`)
    // Held upright, what was red on the left is red above.
    const shape = `(({ naturalWidth, naturalHeight }) => [naturalWidth, naturalHeight])(
      [...document.querySelectorAll('.pic img')].at(-1))`
    await mei.waitFor(`${shape}[0] > 0`, 'the photo')
    expect(await mei.evaluate(shape)).toEqual([16, 32])
  }
  const kept = readdirSync(join(server.data, 'files'), { recursive: true, withFileTypes: true })
  for (const { name, parentPath } of kept.filter((entry) => entry.isFile())) {
    const text = readFileSync(join(parentPath, name), 'latin1')
    expect(text).not.toMatch(/CANARYCAM|GPS48|Eiffel/)
  }
})

test('what leaves as a camera wrote it says so before it is sent (U17)', async () => {
  const names = ['holiday.heic', 'holiday.mp4', 'plain.jpg', 'notes.txt', 'clip.gif']
  for (const name of names) {
    const bytes = name.endsWith('.jpg') ? cameraPhoto(6) : 'not what it seems'
    writeFileSync(join(folder, name), bytes)
  }
  await choose(
    ada,
    names.map((name) => join(folder, name)),
  )
  await inTray(ada, names.length)
  const warned = `[...document.querySelectorAll('#tray > li')].filter((row) =>
    row.querySelector('.tray__note').checkVisibility()).map((row) =>
      row.querySelector('bdi').textContent).join()`
  await ada.waitFor(`${warned} === 'holiday.heic,holiday.mp4'`, 'the notes')
  // An original photo is cut by the server.
  await ada.evaluate(`document.querySelectorAll('.tray__original input')[1].click()`)
  expect(await ada.evaluate<string>(warned)).toBe('holiday.heic,holiday.mp4')
  for (let n = names.length; n > 0; n -= 1) {
    await ada.evaluate(`document.querySelector('#tray button').click()`)
    await inTray(ada, n - 1)
  }
})

test('what stands in the tray is not lost to another language', async () => {
  await bring(ada, 'paste')
  await inTray(ada, 1)
  await ada.press(',', ['Control'])
  await ada.waitFor(`document.querySelector('#settings [name=language]')`, 'the settings')
  await ada.evaluate(`(document.body.dataset.isOld = 'yes',
    document.querySelector('#settings [name=language][value=zh]').click())`)
  await ada.waitFor(`!document.querySelector('#toast').hidden`, 'the sentence')
  await Bun.sleep(300)
  expect(await ada.evaluate<string>('document.body.dataset.isOld')).toBe('yes')
  await inTray(ada, 1)
  await ada.evaluate(`(document.querySelector('#toast').hidden = true,
    document.querySelector('#settings [name=language][value=en]').click())`)
  await ada.waitFor(`!document.querySelector('#toast').hidden`, 'the answer')
  await ada.press('Escape')
  await ada.waitFor(`document.querySelector('dialog[open]') === null`, 'the page without a dialog')
  await ada.evaluate(`document.querySelector('#tray button').click()`)
  await inTray(ada, 0)
})

test('several pictures are a grid of four with a count, each described', async () => {
  for (let n = 0; n < 6; n += 1) await bring(ada, 'paste', { width: 60 + n, height: 60 })
  await inTray(ada, 6)
  await ada.evaluate(`document.querySelector('.tray__words').focus()`)
  await ada.type('Half red, half blue')
  await ada.press('Enter')
  await mei.waitFor(`document.querySelector('.pic__more')?.textContent === '+2'`, 'the grid')
  const grid = `[...document.querySelectorAll('.pics--4 .pic')]`
  await mei.waitFor(`${grid}[0].querySelector('img').complete`, 'the first')
  expect(
    await mei.evaluate(`[${grid}.length, ${grid}.filter((pic) => pic.offsetWidth > 0).length,
    ${grid}[0].querySelector('img').alt, ${grid}[1].querySelector('img').alt,
    ${grid}.map((pic) => pic.dataset.width).join()]`),
  ).toEqual([6, 4, 'Half red, half blue', 'two colours.png', '60,61,62,63,64,65'])
})

test('what is too large, empty or too many is said, and is not taken', async () => {
  const [large, empty] = [join(folder, 'archive.zip'), join(folder, 'empty.txt')]
  writeFileSync(large, new Uint8Array(4 * 1024 * 1024))
  writeFileSync(empty, '')
  await choose(ada, [large, empty])
  const problem = `document.querySelector('#tray-problem').textContent`
  await ada.waitFor(`${problem} !== ''`, 'the sentence')
  expect(await ada.evaluate<string>(problem)).toBe(
    'archive.zip is 4 MB. The limit is 3 MB. empty.txt is empty.',
  )
  const many = Array.from({ length: 12 }, (_, n) => join(folder, `note-${n}.txt`))
  for (const path of many) writeFileSync(path, path)
  await choose(ada, many)
  await inTray(ada, 10)
  expect(await ada.evaluate<string>(problem)).toBe(
    'A message can have up to 10 files. The others were not added.',
  )
  for (let n = 10; n > 0; n -= 1) {
    await ada.evaluate(`document.querySelector('#tray button').click()`)
    await inTray(ada, n - 1)
  }
  expect(await ada.evaluate<string>(`document.activeElement.id`)).toBe('content')
})

test('nothing was reported against the policy', () => expectNoProblems(ada, mei))
