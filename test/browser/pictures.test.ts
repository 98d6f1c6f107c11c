import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cameraPhoto } from '../helpers/files'
import { makeFolder } from '../helpers/folders'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, enter, expectNoProblems } from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
let mei: ChatPage
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

test('a pasted picture waits in the tray until Enter, and arrives in its colours', async () => {
  await ada.files.bring('paste')
  await ada.composer.tray.counts(1)
  expect(await mei.parts('#timeline .msg:not(.msg--pending) .pic').count()).toBe(0)
  await ada.send('Look, two colours')
  // At once, from this page, before the server has it.
  await ada.part('#timeline .pic img').shown()
  await mei.sees('Look, two colours')
  expect(await mei.files.pixels()).toEqual(['red', 'blue'])
  expect(await ada.files.pixels()).toEqual(['red', 'blue'])
  expect(await ada.part('#tray').isShown()).toBe(false)
})

test('a dropped photo is resized, keeps its box, and needs no text', async () => {
  await ada.files.bring('drop', { width: 3_000, height: 1_500, type: 'image/jpeg' })
  await ada.composer.tray.counts(1)
  await ada.press('Enter')
  await mei.parts('#timeline .msg:not(.msg--pending) .pic').counts(2)
  expect(await mei.files.pixels()).toEqual(['red', 'blue'])
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
  await mei.part('.pic__tiny').gone()
})

test('a drag names the room, and a pasted table stays text', async () => {
  await ada.evaluate(`document.querySelector('#log').dispatchEvent(new DragEvent('dragenter', {
    bubbles: true, cancelable: true, dataTransfer: (() => {
      const data = new DataTransfer()
      data.items.add(new File(['x'], 'x.txt'))
      return data
    })() }))`)
  expect(await ada.part('#drop:not([hidden])').text()).toBe('Drop to send to #general')
  await ada.part('#drop').gone()
  await ada.files.bring('paste', { text: 'a\t1\nb\t2' })
  await ada.settled()
  expect(await ada.composer.tray.count()).toBe(0)
})

test('chosen files come with the same bytes and the same name, in Chinese, too', async () => {
  const bytes = crypto.getRandomValues(new Uint8Array(70_000))
  const path = join(folder, '年度报告 (终).pdf')
  writeFileSync(path, bytes)
  await ada.files.choose([path])
  await ada.composer.tray.counts(1)
  await ada.send('The report')
  await mei.sees('The report')
  const card = `[...document.querySelectorAll('#timeline .file')].at(-1)`
  await mei.waitFor(`${card}?.href.includes('/attachments/')`, 'the file')
  expect(
    await mei.evaluate(`[${card}.download, ${card}.querySelector('small').textContent]`),
  ).toEqual(['年度报告 (终).pdf', '68 KB'])
  const hash = await mei.evaluate<number>(`fetch(${card}.href).then((file) => file.arrayBuffer())
    .then((bytes) => new Uint8Array(bytes).reduce((sum, byte) => (sum * 31 + byte) % 1e9, 7))`)
  expect(hash).toBe(bytes.reduce((sum, byte) => (sum * 31 + byte) % 1e9, 7))
})

test('no photo carries where it was taken, resized or not (U17)', async () => {
  const path = join(folder, 'holiday.jpg')
  writeFileSync(path, cameraPhoto(6))
  for (const isOriginal of [false, true]) {
    await ada.files.choose([path])
    await ada.composer.tray.counts(1)
    if (isOriginal) await ada.part('.tray__original input').press()
    await ada.send(`Holiday ${isOriginal}`)
    await mei.sees(`Holiday ${isOriginal}`)
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

test('a file that may hold camera data says so before it is sent (U17)', async () => {
  const names = ['holiday.heic', 'holiday.mp4', 'plain.jpg', 'notes.txt', 'clip.gif']
  for (const name of names) {
    const bytes = name.endsWith('.jpg') ? cameraPhoto(6) : 'not what it seems'
    writeFileSync(join(folder, name), bytes)
  }
  await ada.files.choose(names.map((name) => join(folder, name)))
  await ada.composer.tray.counts(names.length)
  const warned = `[...document.querySelectorAll('#tray > li')].filter((row) =>
    row.querySelector('.tray__note').checkVisibility()).map((row) =>
      row.querySelector('bdi').textContent).join()`
  await ada.waitFor(`${warned} === 'holiday.heic,holiday.mp4'`, 'the notes')
  // An original photo is cut by the server.
  await ada.parts('.tray__original input').at(1).press()
  expect(await ada.evaluate<string>(warned)).toBe('holiday.heic,holiday.mp4')
  for (let n = names.length; n > 0; n -= 1) {
    await ada.part('#tray button').press()
    await ada.composer.tray.counts(n - 1)
  }
})

test('a change of language does not lose files in the tray', async () => {
  await ada.files.bring('paste')
  await ada.composer.tray.counts(1)
  await ada.panel.openSettings()
  await ada.evaluate(`(document.body.dataset.isOld = 'yes',
    document.querySelector('#settings [name=language][value=zh]').click())`)
  await ada.toast.shown()
  await ada.settled()
  expect(await ada.evaluate<string>('document.body.dataset.isOld')).toBe('yes')
  await ada.composer.tray.counts(1)
  // Back to the language of the page, which needs no other one.
  await ada.part('#settings [name=language][value=en]').press()
  await ada.waitFor(`document.cookie.includes('chatroom_language=en')`, 'the choice')
  await ada.press('Escape')
  await ada.part('dialog[open]').gone()
  await ada.part('#tray button').press()
  await ada.composer.tray.counts(0)
})

test('several pictures are a grid of four with a count, each described', async () => {
  for (let n = 0; n < 6; n += 1) await ada.files.bring('paste', { width: 60 + n, height: 60 })
  await ada.composer.tray.counts(6)
  await ada.part('.tray__words').focus()
  await ada.type('Half red, half blue')
  await ada.press('Enter')
  await mei.part('.pic__more').says('+2')
  const grid = `[...document.querySelectorAll('.pics--4 .pic')]`
  await mei.waitFor(`${grid}[0].querySelector('img').complete`, 'the first')
  expect(
    await mei.evaluate(`[${grid}.length, ${grid}.filter((pic) => pic.offsetWidth > 0).length,
    ${grid}[0].querySelector('img').alt, ${grid}[1].querySelector('img').alt,
    ${grid}.map((pic) => pic.dataset.width).join()]`),
  ).toEqual([6, 4, 'Half red, half blue', 'two colours.png', '60,61,62,63,64,65'])
})

test('files that are too large, empty or too many are refused with a reason', async () => {
  const [large, empty] = [join(folder, 'archive.zip'), join(folder, 'empty.txt')]
  writeFileSync(large, new Uint8Array(4 * 1024 * 1024))
  writeFileSync(empty, '')
  await ada.files.choose([large, empty])
  await ada.part('#tray-problem').becomes(':not(:empty)')
  expect(await ada.part('#tray-problem').text()).toBe(
    'archive.zip is 4 MB. The limit is 3 MB. empty.txt is empty.',
  )
  const many = Array.from({ length: 12 }, (_, n) => join(folder, `note-${n}.txt`))
  for (const path of many) writeFileSync(path, path)
  await ada.files.choose(many)
  await ada.composer.tray.counts(10)
  expect(await ada.part('#tray-problem').text()).toBe(
    'A message can have up to 10 files. The others were not added.',
  )
  for (let n = 10; n > 0; n -= 1) {
    await ada.part('#tray button').press()
    await ada.composer.tray.counts(n - 1)
  }
  expect(await ada.focusedId()).toBe('content')
})

test('nothing was reported against the policy', () => expectNoProblems(ada, mei))
