import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type RunningServer, startServer } from '../helpers/server'
import {
  type ChatPage,
  addressOf,
  enter,
  expectAccessible,
  expectNoProblems,
  openChatPage,
} from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
let mei: ChatPage

beforeAll(async () => {
  server = await startServer()
  mei = await enter(server.port, '梅', 'b')
  ada = await openChatPage()
})

afterAll(async () => {
  ada.close()
  mei.close()
  await server.dispose()
})

type Way = 'paste' | 'drop' | 'choose'

/** Brings a picture of one colour to the open form, as from elsewhere. */
async function bringFace(
  page: ChatPage,
  colour: string,
  type = 'image/png',
  way: Way = 'paste',
): Promise<void> {
  await page.part('.own-face').shown()
  const isLoaded = `performance.getEntriesByType('resource').some(({ name, responseEnd }) =>
    /lazy-(faces|panel)/.test(name) && performance.now() > responseEnd + 100)`
  await page.waitFor(isLoaded, 'the part for faces')
  await page.evaluate(`(async () => {
    const canvas = document.createElement('canvas')
    canvas.width = 600
    canvas.height = 300
    const pen = canvas.getContext('2d')
    pen.fillStyle = '#888'
    pen.fillRect(0, 0, 600, 300)
    pen.fillStyle = '${colour}'
    pen.fillRect(150, 0, 300, 300)
    const blob = await new Promise((done) => canvas.toBlob(done, 'image/png'))
    const data = new DataTransfer()
    data.items.add(new File([blob], 'me', { type: '${type}' }))
    const form = document.querySelector('.own-face')
    const init = { bubbles: true, cancelable: true }
    if ('${way}' === 'paste') {
      form.dispatchEvent(new ClipboardEvent('paste', { ...init, clipboardData: data }))
    } else if ('${way}' === 'drop') {
      form.dispatchEvent(new DragEvent('drop', { ...init, dataTransfer: data }))
    } else {
      const field = document.querySelector('.own-face__file')
      field.files = data.files
      field.dispatchEvent(new Event('change', init))
    }
  })()`)
}

const facePixel = (selector: string): string => `(() => {
  const image = document.querySelector('${selector}')
  if (!image?.complete || image.naturalWidth !== 128 || image.naturalHeight !== 128) return null
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 128
  const pen = canvas.getContext('2d')
  pen.drawImage(image, 0, 0)
  const [red, green, blue] = pen.getImageData(4, 64, 1, 1).data
  return [red, green, blue].map((part) => part > 128 ? 1 : 0).join('')
})()`

test('a picture pasted at sign-in is cut to a square and becomes the face', async () => {
  await ada.goto(addressOf(server.port, 'a'))
  await ada.nickname.shown()
  await bringFace(ada, '#c00000', 'image/gif')
  await ada.part('.own-face__problem').reads('Animated pictures are not supported.')
  await bringFace(ada, '#c00000')
  await ada.part('.picks__own:not([hidden]) input:checked').shown()
  await expectAccessible(ada)
  await ada.nickname.focus()
  await ada.type('梅')
  await ada.press('Enter')
  // Somebody has this name: the form comes back, with the picture.
  await ada.part('#nickname-problem').shown()
  await ada.part('.picks__own:not([hidden]) input:checked').shown()
  await ada.nickname.select()
  await ada.type('Ada')
  await ada.press('Enter')
  await ada.connected()
  await ada.emulate({ dark: false, width: 1280, height: 800 })
  await ada.send('It is me')
  await mei.sees('It is me')
  // Red to the edge: the middle was taken, not the grey sides.
  await mei.waitFor(`${facePixel('.msg:not(.msg--own) > img.av')} === '100'`, 'the face')
  await mei.waitFor(`${facePixel('.person[data-name=Ada] img')} === '100'`, 'the face on the list')
})

test('a picture is also dropped on the form, or chosen from the disk', async () => {
  await mei.panel.openProfile()
  const face = '.picks__own:not([hidden]) img'
  await bringFace(mei, '#00c000', 'image/png', 'drop')
  await mei.waitFor(`${facePixel(face)} === '010'`, 'the dropped one')
  await bringFace(mei, '#0000c0', 'image/png', 'choose')
  await mei.waitFor(`${facePixel(face)} === '001'`, 'the chosen one')
  await mei.press('Escape')
})

test('a stranger sees no face', async () => {
  const path = await mei.evaluate<string>(`document.querySelector('.msg > img.av').src`)
  const answer = await fetch(path.replace('b.localhost', '127.0.0.1'))
  expect(answer.status).toBe(404)
  const own = `fetch('${path}').then(({ headers, status }) => [status, headers.get('content-type'),
    headers.get('x-content-type-options'), headers.get('content-security-policy')].join())`
  expect(await mei.evaluate<string>(own)).toBe(`200,image/jpeg,nosniff,sandbox; default-src 'none'`)
})

test('a new picture and a new name are on all open pages at once', async () => {
  await mei.send('Hello @Ada')
  await ada.panel.openProfile()
  await bringFace(ada, '#0000c0')
  await ada.part('.picks__own input').holds('picture')
  await expectAccessible(ada)
  await ada.emulate({ dark: false, width: 1280, height: 800 })
  await ada.panel.profileName.select()
  await ada.type('艾达')
  await ada.press('Enter')
  await mei.waitFor(`${facePixel('.msg:not(.msg--own) > img.av')} === '001'`, 'the new face')
  expect(await mei.part('.msg:not(.msg--own) .msg__meta bdi').text()).toBe('艾达')
  await mei.part('.person[data-name="艾达"] bdi').shown()
  await ada.panel.dialog.gone()
  await ada.connected()
  await ada.send('Still me')
  await mei.sees('Still me')
  const names = mei.parts('.msg:not(.msg--own) .msg__meta bdi')
  expect(await names.texts()).toEqual(['艾达', '艾达'])
})

test('a draft in another tab survives a change of name and a reload', async () => {
  const tab = await openChatPage()
  await tab.goto(addressOf(server.port, 'a', '/rooms/1'))
  await tab.connected()
  await ada.panel.openProfile()
  await ada.panel.profileName.select()
  await ada.type('Ada L')
  await ada.press('Enter')
  await tab.part('body[data-nickname="Ada L"]').shown()
  await ada.connected()
  await tab.composer.add('begun afterwards')
  await tab.keeps('begun afterwards')
  await tab.reload()
  expect(await tab.composer.field.value()).toBe('begun afterwards')
  tab.close()
})

test('a name in use is refused beside its field, and a stamp can be chosen again', async () => {
  await ada.panel.openProfile()
  await ada.evaluate(`document.querySelector('#profile-name').value = '梅'`)
  await ada.part('#panel [name=avatar][value=boat]').press()
  await ada.part('#panel .panel__form').submit()
  await ada.part('#panel #profile-name-problem').shown()
  expect(await ada.panel.profileName.value()).toBe('梅')
  expect(await ada.part('#panel [name=avatar][value=boat]').matches(':checked')).toBe(true)
  // A free name near it is one press away; the page stays where it is.
  await ada.evaluate(`(document.body.isTheSame = true)`)
  await ada.part('#panel .suggestions button').press()
  await mei.part('.msg:not(.msg--own) > .av use').becomes('[href="#stamp-boat"]')
  await ada.part('#panel[open]').gone()
  expect(await ada.evaluate<boolean>(`document.body.isTheSame`)).toBe(true)
  await ada.part('body[data-nickname^="梅"]').shown()
})

test('nothing was reported against the policy', () => expectNoProblems(mei))
