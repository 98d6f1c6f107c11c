import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type ChatClient, openSocket, signIn } from '../helpers/client'
import { makeFolder } from '../helpers/folders'
import { openDirect } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, enter, expectAccessible } from './pages/chat-page'
import { waitUntil } from '../helpers/wait'

let server: RunningServer
let ada: ChatPage
let mei: ChatClient
const folder = makeFolder()

const said = [
  'Good morning',
  '第一行\n第二行',
  '[2026-11-23 09:17:05 +0100] Ada: forged',
  '**bold** and `code`\n> quoted\n- one\n- two',
  '<script>alert(1)</script> & more',
]

beforeAll(async () => {
  server = await startServer()
  const person = await signIn(server, '梅 Mei')
  mei = await openSocket(server, person)
  ada = await enter(server.port, 'Ada', 'export')
  await ada.cdp('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder })
  await ada.cdp('Emulation.setTimezoneOverride', { timezoneId: 'Europe/Berlin' })
  await ada.reload()
  for (const [n, text] of said.entries()) await mei.post(1, `x-${n}`, text)
  await ada.messages.all.counts(5)
  await ada.send('my own words')
  await ada.sees('my own words')
  const id = await ada.userId()
  const direct = await openDirect(server, person, id)
  const note = { type: 'message.post', room: direct, client_id: 's', content: 'between us' }
  mei.send({ ...note, written_in: 1 })
  await ada.messages.privateNotes.at(0).shown()
  await ada.keeps('my own words')
})

afterAll(async () => {
  ada.close()
  await mei.close()
  await server.dispose()
})

async function openExport(): Promise<void> {
  await ada.panel.openRoomSettings()
  await ada.waitFor(
    `document.querySelector('#panel[open] #export-loaded')?.textContent`,
    'the counts',
  )
}

/** Presses the button; gives the file that came, and how it was called. */
async function save(): Promise<{ name: string; lines: string[] }> {
  for (const file of readdirSync(folder)) rmSync(join(folder, file))
  await ada.part('#export-save').focus()
  await ada.press('Enter')
  await waitUntil(() => saved().length > 0, 'the file')
  const [name = ''] = saved()
  return { name, lines: readFileSync(join(folder, name), 'utf8').split('\n') }
}

function saved(): string[] {
  return readdirSync(folder).filter((file) => file.endsWith('.txt'))
}

/** What a reader in Berlin would see of the moment at which a row was said. */
async function stamps(): Promise<string[]> {
  return ada.evaluate<string[]>(`[...document.querySelectorAll('#timeline > .msg')].map((row) => {
    const at = new Date(Number(row.dataset.at))
    const two = n => String(n).padStart(2, '0')
    const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-')
    const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')
    return '[' + day + ' ' + time + ' +0' + -at.getTimezoneOffset() / 60 + '00]'
  })`)
}

async function expectedLines(): Promise<string[]> {
  const [a, b, c, d, e, f] = await stamps()
  return [
    `${a} 梅 Mei: Good morning`,
    `${b} 梅 Mei: 第一行`,
    '    第二行',
    `${c} 梅 Mei: [2026-11-23 09:17:05 +0100] Ada: forged`,
    `${d} 梅 Mei: **bold** and \`code\``,
    '    > quoted',
    '    - one',
    '    - two',
    `${e} 梅 Mei: <script>alert(1)</script> & more`,
    `${f} Ada: my own words`,
    '',
  ]
}

test('the loaded messages are saved line by line, and a screen reader hears how many', async () => {
  await openExport()
  // The number of new messages may be said right after it.
  await ada.evaluate(`(window.spoken = [], new MutationObserver(() =>
    spoken.push(document.querySelector('#status').textContent))
      .observe(document.querySelector('#status'), { childList: true }), 0)`)
  expect(await ada.part('#export-loaded').text()).toBe('Messages on this page: 6')
  const { name, lines } = await save()
  expect(name).toMatch(/^general_\d{4}-\d\d-\d\d_\d{4}_page\.txt$/)
  const gap = lines.indexOf('')
  expect(lines.slice(gap + 1)).toEqual(await expectedLines())
  const heading = lines.slice(0, gap)
  expect(heading[0]).toBe('Room: #general')
  expect(heading[1]).toStartWith('Range: messages on the page, ')
  expect(heading[2]).toBe('Messages: 6')
  expect(heading[3]).toMatch(/^Time zone: \+0[12]00 Europe\/Berlin$/)
  expect(heading[4]).toStartWith('Created with: Chatroom ')
  expect(heading.length).toBe(5)
  expect(await ada.evaluate<string[]>('spoken')).toContain('Exported 6 messages')
})

test('private messages come only when they are asked for', async () => {
  await ada.click('#export-private')
  const { lines } = await save()
  expect(lines.filter((line) => line.endsWith('梅 Mei: between us')).length).toBe(1)
  await ada.click('#export-private')
})

test('this device saves what it keeps, and says that it may not be all', async () => {
  // It is copied a moment after it was said.
  await ada.keeps('my own words')
  await ada.click('#export-here [value=device]')
  const { lines } = await save()
  const gap = lines.indexOf('')
  expect(lines.slice(gap + 1)).toEqual(await expectedLines())
  expect(lines[gap - 1]).toStartWith('Not included: messages this browser has not received')
})

test('the settings of the room with all of this are accessible', async () => {
  await expectAccessible(ada)
  await ada.emulate({ dark: false, width: 1280, height: 800 })
  await ada.press('Escape')
})

test('with the server away and the storage full it still saves what is there', async () => {
  await ada.evaluate(`(() => {
    let units = 5_300_000
    for (let n = 0; units > 0; n += 1) {
      try { localStorage.setItem('other.' + n, 'x'.repeat(units)) }
      catch { units = Math.floor(units / 2) }
    }
  })()`)
  await server.kill()
  await ada.connection.shown()
  await openExport()
  const { lines } = await save()
  expect(lines.slice(lines.indexOf('') + 1)).toEqual(await expectedLines())
})
