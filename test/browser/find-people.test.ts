import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openSocket, type Person, signIn } from '../helpers/client'
import { makeRoom, sendForm } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, enter, expectAccessible, expectNoProblems } from './pages/chat-page'

/** More than the list has at first, which begins with other names. */
const crowdSize = 55

let server: RunningServer
let ada: ChatPage
let mei: ChatPage
let bob: ChatPage
let harbour: number

beforeAll(async () => {
  server = await startServer()
  // Away, and behind the first of the list, so the page does not know them.
  const zoe = await signIn(server, 'Zoë Founder')
  const crowd: Person[] = [zoe, await signIn(server, '梅花')]
  for (let n = 0; n < crowdSize; n += 1) crowd.push(await signIn(server, `Person ${n + 20}`))
  harbour = await makeRoom(server, zoe, 'Harbour')
  for (const person of crowd.slice(2)) await sendForm(server, person, `/rooms/${harbour}/members`)
  ada = await enter(server.port, 'Ada', 'a')
  mei = await enter(server.port, '梅 Mei', 'b', { language: 'zh-CN' })
  bob = await enter(server.port, 'Bob', 'c')
  const body = '{ method: "POST", body: new URLSearchParams() }'
  await ada.evaluate(`fetch('/rooms/${harbour}/members', ${body}).then(() => null)`)
  await ada.rail.roomCalled('Harbour').shown()
})

afterAll(async () => {
  for (const page of [ada, mei, bob]) page.close()
  await server.dispose()
})

function shownPeople(page: ChatPage): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('#people .person')]
    .filter((row) => row.checkVisibility()).map((row) => row.querySelector('bdi').textContent)`)
}

async function search(page: ChatPage, text: string): Promise<void> {
  await page.part('#people-search').select()
  await page.type(text)
}

test('the search beside the room finds members who are not on the page', async () => {
  await search(ada, 'zoe')
  await ada.part('#people-found .person').shown()
  await ada.part('#people-list.is-filtered').shown()
  expect(await shownPeople(ada)).toEqual(['Zoë Founder'])
  await expectAccessible(ada)
  await ada.emulate({ dark: false, width: 1280, height: 800 })
  await ada.part('#people-found .person__open').press()
  await ada.panel.dialog.shown()
  expect(await ada.panel.dialog.shownText()).toContain('Zoë Founder')
  await ada.press('Escape')
  await search(ada, 'qqq')
  await ada.part('#people-note').reads('No one found')
  expect(await shownPeople(ada)).toEqual([])
})

test('the search follows to another room and is asked anew there', async () => {
  await search(ada, 'zoe')
  await ada.part('#people-found .person').shown()
  await ada.rail.open(harbour)
  await ada.waitFor(`document.querySelector('#people-list').dataset.room === '${harbour}'`, 'it')
  expect(await ada.part('#people-room').value()).toBe(String(harbour))
  await ada.part('#people-found .person').shown()
  expect(await shownPeople(ada)).toEqual(['Zoë Founder'])
  await search(ada, '梅花')
  await ada.part('#people-note').reads('No one found')
  await ada.rail.open(1)
  await ada.part('#people-found .person').shown()
  await ada.part('#people-list.is-filtered').shown()
  expect(await shownPeople(ada)).toEqual(['梅花'])
  await search(ada, ' ')
  await ada.part('#people-found').gone()
})

test('what is typed on a person is looked for, and Escape leads back to the message', async () => {
  const field = ada.part('#people-search')
  await ada.waitFor(`document.querySelector('#people-list .person__open').checkVisibility()`, 'all')
  await ada.part('#people-list .person__open').focus()
  await typeKey(ada, 'z')
  await field.focused()
  await field.holds('z')
  await ada.press('Escape')
  await field.holds('')
  expect(await field.isFocused()).toBe(true)
  await ada.press('Escape')
  await ada.composer.field.focused()
  await ada.part('#people-list .person__open').focus()
  await ada.press('ArrowDown')
  await ada.press('Escape')
  await ada.composer.field.focused()
})

/** A key as a keyboard sends it, whatever has the focus. */
async function typeKey(page: ChatPage, text: string): Promise<void> {
  const key = { key: text, code: `Key${text.toUpperCase()}`, text }
  await page.cdp('Input.dispatchKeyEvent', { ...key, type: 'keyDown' })
  await page.cdp('Input.dispatchKeyEvent', { ...key, type: 'keyUp' })
}

test('a long name is read in full, beside the room and on the card of a low window', async () => {
  const name = 'Maximiliane von Bredow X'
  await signIn(server, name)
  const shown = ada.part(`.person[data-name="${name}"] bdi`)
  await search(ada, name)
  await shown.shown()
  const isCut = (selector: string): Promise<boolean> =>
    ada.evaluate(`[...document.querySelectorAll('${selector}')].some((part) =>
      part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).display !== 'inline')`)
  expect(await isCut(`.person[data-name="${name}"] bdi`)).toBe(false)
  await ada.part(`.person[data-name="${name}"] button`).press()
  await ada.panel.card.shown()
  await ada.emulate({ width: 844, height: 180 })
  await ada.settled()
  const outside = await ada.evaluate<string[]>(`[...document.querySelectorAll(
    '#panel .card :is(h2, p, button), #panel [data-action=close]')].filter((part) => {
      const { top, bottom, right, left } = part.getBoundingClientRect()
      return top < 0 || bottom > innerHeight || left < 0 || right > innerWidth
    }).map(({ textContent }) => textContent)`)
  expect(outside).toEqual([])
  await ada.press('Escape')
  const wide = await openSocket(server, await signIn(server, '一二三四五六七八九十'.repeat(2)))
  await wide.post(1, 'wide', 'by a wide name')
  await ada.sees('by a wide name')
  await ada.emulate({ width: 320, height: 600 })
  expect(await isCut('.msg:not(.msg--follow) .msg__meta b')).toBe(false)
  await wide.close()
  await ada.emulate({ width: 1280, height: 800 })
  await search(ada, ' ')
})

test('on a phone, in Chinese, the first letters of a reading are enough', async () => {
  await mei.becomePhone()
  await mei.part('[popovertarget=people]').press()
  await mei.part('#people-search').shown()
  await search(mei, 'mh')
  await mei.part('#people-found .person').shown()
  await mei.part('#people-list.is-filtered').shown()
  expect(await shownPeople(mei)).toEqual(['梅花'])
  await search(mei, '没有这个人')
  await mei.part('#people-note').reads('没有找到成员')
  await expectAccessible(mei)
})

test('the palette finds everybody, and Enter opens the conversation', async () => {
  await bob.palette.open()
  await bob.type('founder')
  await bob.palette.firstPlace.reads('Zoë Founder')
  await expectAccessible(bob)
  await bob.emulate({ dark: false, width: 1280, height: 800 })
  await bob.palette.field.focus()
  await bob.press('Enter')
  await bob.head.reads('Zoë Founder')
  expectNoProblems(ada, mei, bob)
})
