import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Act, can, type Rank, rights } from '../../src/shared/rights'
import { idOf } from '../helpers/acts'
import { signIn } from '../helpers/client'
import { askDatabase } from '../helpers/database'
import { askAtDoor, promote } from '../helpers/door'
import { type RunningServer, basePath, startServer } from '../helpers/server'
import { someOf } from '../helpers/size'
import {
  addressOf,
  type ChatPage,
  enter,
  expectAccessible,
  openChatPage,
  testInFull,
} from './pages/chat-page'
import { enterInto, tabInto } from './pages/keys'
import { lazyParts } from './pages/part'

/** Where an act is offered. */
type Place = 'room' | 'menu' | 'settings' | 'invitations' | 'own' | 'admin' | 'person' | 'banned'

let server: RunningServer
/** One page for everybody who acts: each host of the address is a browser of its own. */
let page: ChatPage
/** The person who is acted on, in several tabs. */
let tabs: ChatPage[] = []
let [room, tom, banned] = [0, 0, 0]

const names = { owner: 'Olga', moderator: 'Mona', host: 'Hana', member: 'Mick', newcomer: 'Nina' }
type Role = keyof typeof names
const hostOf = (role: Role): string => names[role].toLowerCase()

/** Where each act is offered, and how it is found there; whoever mentions all, only types. */
const offers = (): Record<Exclude<Act, 'room.mention_all'>, [Place, string]> => ({
  'message.post': ['room', '#content:not([readonly])'],
  'message.delete_others': ['menu', '#tools-menu [data-tool=delete]'],
  'room.topic': ['settings', '#room-topic'],
  'room.rename': ['settings', '#room-name'],
  'room.invite': ['settings', 'a[href$="/invitations"]'],
  'room.withdraw_invitation': ['invitations', 'form[action$="/withdraw"]'],
  'room.switch': ['settings', 'form[action$="/switches"]'],
  'room.kind': ['settings', 'form[action$="/kind"]'],
  'room.hand_over': ['settings', `form[action$="/hosts"]:has([value="${tom}"])`],
  'room.archive': ['settings', 'form[action$="/archive"]'],
  'room.delete': ['settings', 'a[href$="/delete"]'],
  'person.mute': ['settings', `a[href$="/mute?user=${tom}"]`],
  'person.remove': ['settings', `.put-out:has([value="${tom}"])`],
  'admin.open': ['own', '#settings a[href$="/admin"]'],
  'log.read': ['admin', 'nav a[href$="/admin/log"]'],
  'report.handle': ['admin', 'nav a[href$="/admin/reports"]'],
  'door.let_in': ['admin', 'nav a[href$="/admin/door"]'],
  'door.links': ['admin', 'nav a[href$="/admin/invitations"]'],
  'rooms.administer': ['admin', 'nav a[href$="/admin/rooms"]'],
  'role.set': ['admin', '.admin__person form[action$="/role"]'],
  'server.configure': ['admin', 'nav a[href$="/admin/general"]'],
  'storage.read': ['admin', 'nav a[href$="/admin/storage"]'],
  'person.rename': ['person', '#act-rename'],
  'person.ban': ['person', '#act-ban'],
  'person.purge': ['person', '#act-purge'],
  'person.way_back': ['person', '#act-way-back'],
  'person.unban': ['banned', '#act-unban'],
})

beforeAll(async () => {
  server = await startServer({ env: { CHATROOM_RATE_LIMITS: 'off' } })
  const bad = await signIn(server, 'Mallory')
  banned = await idOf(server, bad)
  page = await openChatPage()
  for (const [role, nickname] of Object.entries(names)) {
    await page.goto(addressOf(server.port, nickname.toLowerCase()))
    await page.nickname.focused()
    await page.type(nickname)
    await page.press('Enter')
    await page.connected()
    if (role === 'owner' || role === 'moderator') {
      await promote(server, { nickname, cookie: '' }, role)
    }
  }
  await become('owner')
  await send(`/admin/person/ban`, `user=${banned}`)
  await become('host')
  await send('/rooms', 'name=Class&topic=&kind=open')
  room = (await askDatabase<{ id: number }>(server, newestRoom))[0]?.id ?? 0
  tabs = [await enter(server.port, 'Tom', 't')]
  tom = (await tabs[0]?.userId()) ?? 0
  await tabs[0]?.joins(room)
  for (const role of ['owner', 'moderator', 'member'] as const) {
    await become(role)
    await page.joins(room)
  }
  await become('host')
  await send(`/rooms/${room}/invitations`, 'names=Nina')
  const looks = [{ language: 'zh', width: 390, height: 844 }, { language: 'zh' }]
  for (const look of someOf(looks, 1)) {
    tabs.push(await openChatPage(look))
  }
  await inTabs((tab) => tab.goto(addressOf(server.port, 't', `/rooms/${room}`)))
  await inTabs((tab) => tab.connected())
  await tabs[0]?.send('Tom was here')
})

afterAll(async () => {
  for (const one of [page, ...tabs]) one.close()
  await server.dispose()
})

const newestRoom = 'SELECT max(id) AS id FROM rooms'
const inTabs = (work: (tab: ChatPage) => Promise<unknown>) => Promise.all(tabs.map(work))

/** What a form of the page sends. */
async function send(path: string, body: string): Promise<void> {
  const headers = `{ 'Content-Type': 'application/x-www-form-urlencoded' }`
  const init = `{ method: 'POST', headers: ${headers}, body: ${JSON.stringify(body)} }`
  await page.evaluate(`fetch('${basePath()}${path}', ${init}).then(({ status }) => status)`)
}

/** The page is the one of somebody else, at a path; a room is waited for. */
async function become(role: Role, path = '/rooms/1'): Promise<void> {
  await page.goto(addressOf(server.port, hostOf(role), path))
  if (path.startsWith('/rooms')) await page.part('main').shown()
}

async function look(width: 390 | 1280, language: 'en' | 'zh'): Promise<void> {
  await page.emulate({ width, height: 800, dark: width === 390 })
  await page.cdp('Network.setExtraHTTPHeaders', { headers: { 'Accept-Language': language } })
}

/** The acts that a role is offered, wherever they are. */
async function offeredTo(role: Role): Promise<Act[]> {
  const all = Object.entries(offers()) as [Act, [Place, string]][]
  const found: Act[] = []
  const note = async (place: Place): Promise<void> => {
    for (const [act, [where, selector]] of all) {
      const isThere = where === place && (await page.part(selector).isThere())
      const isOffered = isThere && (place !== 'menu' || (await page.part(selector).isShown()))
      if (isOffered) found.push(act)
    }
  }
  await become(role, `/rooms/${room}`)
  if (role !== 'newcomer') await noteInRoom(note)
  for (const path of ['/admin/log', '/admin/people?q=Tom']) {
    await become(role, path)
    await note('admin')
  }
  await become(role, `/admin/person?user=${tom}`)
  await note('person')
  await become(role, `/admin/person?user=${banned}`)
  await note('banned')
  return [...new Set(found)].toSorted()
}

async function noteInRoom(note: (place: Place) => Promise<void>): Promise<void> {
  await page.connected()
  await note('room')
  await page.row('Tom was here').openMenu()
  await note('menu')
  await page.press('Escape')
  await openSettings()
  await note('settings')
  await page.part('#panel[open] a[href$="/invitations"]').press()
  await page.part('#panel[open] #invite').shown()
  await note('invitations')
  await page.panel.close()
  await page.panel.openSettings()
  await note('own')
  await page.panel.close()
}

async function openSettings(): Promise<void> {
  await lazyParts(page)
  await page.part('#head a[hx-get]').press()
  await page.part('#panel[open] form').shown()
}

const tours: [Role, 390 | 1280, 'en' | 'zh'][] = [
  ['owner', 1280, 'en'],
  ['owner', 390, 'zh'],
  ['moderator', 390, 'en'],
  ['host', 1280, 'zh'],
  ['member', 390, 'zh'],
  ['newcomer', 1280, 'en'],
]

test.each(someOf(tours, 3))(
  'to the %s at %d px in %s is offered what they may do',
  async (role, width, language) => {
    await look(width, language)
    const acts = Object.keys(offers()) as Act[]
    expect(acts.toSorted()).toEqual(
      Object.keys(rights)
        .filter((act) => act !== 'room.mention_all')
        .toSorted() as Act[],
    )
    const rank: Rank | null = role === 'newcomer' ? null : role
    const wanted = acts.filter((act) => rank !== null && can(rank, act, 'member'))
    expect(await offeredTo(role)).toEqual(wanted.toSorted())
  },
)

const tabTo = (selector: string): Promise<void> => tabInto(page, selector)
const enterAt = (selector: string, typed?: string): Promise<void> =>
  enterInto(page, selector, typed)

/** Opens the settings of the room. */
async function toSettings(): Promise<void> {
  await lazyParts(page)
  await enterAt('#head a[hx-get]')
  await page.part('#panel[open] form').shown()
}

async function fromSettings(selector: string, typed?: string): Promise<void> {
  await toSettings()
  await enterAt(`#panel ${selector}`, typed)
}

/** Closes the dialog, if an answer has not. */
async function escape(): Promise<void> {
  if (await page.part('#panel[open]').isThere()) await page.press('Escape')
  await page.part('#panel[open]').gone()
}

/** In the menu of the newest message that begins so. */
async function fromMenu(text: string, tool: string): Promise<void> {
  await page.sees(text)
  await page.row(text).reach()
  await page.press('Enter')
  await enterAt(page.messages.menuTool(tool))
}

/** On the page of Tom in administration: the reason, then the act. */
async function actOnTom(act: string, fields: Record<string, string> = {}): Promise<void> {
  await page.goto(addressOf(server.port, hostOf('moderator'), `/admin/person?user=${tom}`))
  await enterAt(`#act-${act} summary`)
  for (const [name, typed] of Object.entries(fields)) {
    await tabTo(`#act-${act} [name=${name}]`)
    await page.type(typed)
  }
  await enterAt(`#act-${act} [name=reason]`, 'Because')
  await page.part('.admin [role=status]').shown()
}

const held = (tab: ChatPage) => tab.part('#hold')

test('a host sets a room and its people by the keys alone, and every tab follows', async () => {
  await look(1280, 'en')
  await become('host', `/rooms/${room}`)
  await page.connected()
  await fromSettings('#room-topic', 'Homework')
  await inTabs((tab) => tab.messages.list.reads('Homework'))
  await fromSettings('#room-name', 'Lesson')
  await inTabs((tab) => tab.composer.field.becomes('[placeholder*="#Lesson"]'))
  await inTabs((tab) => tab.part('#timeline .start').reads('#Lesson'))
  for (const [key, isHeld] of [
    ['ArrowDown', true],
    ['ArrowUp', false],
  ] as const) {
    await toSettings()
    await tabTo('#panel [name=writers]')
    await page.press(key)
    await enterAt('#panel form[action$="/switches"] button')
    await page.panel.dialog.gone()
    await inTabs((tab) => (isHeld ? held(tab).shown() : held(tab).gone()))
  }
  await toSettings()
  await tabTo('#panel [name=kind]')
  await page.press('ArrowDown')
  await enterAt('#panel form[action$="/kind"] button')
  await inTabs((tab) => tab.part('#head h1 use[href="#icon-lock"]').shown())
  await escape()
  await fromSettings(`a[href$="/mute?user=${tom}"]`)
  await enterAt('#panel [name=reason]', 'too loud')
  await inTabs((tab) => held(tab).reads('too loud'))
  await enterAt('#panel form[action$="/unmute"] button')
  await inTabs((tab) => held(tab).gone())
  await escape()
  for (const role of ['host', 'member']) {
    await fromSettings(`form[action$="/hosts"]:has([value="${tom}"]) button`)
    await inTabs((tab) => tab.part(`#timeline[data-role=${role}]`).shown())
    await escape()
  }
})

testInFull('a host invites, deletes, archives and puts out by the keys alone', async () => {
  await fromSettings('a[href$="/invitations"]')
  await enterAt('#panel form[action$="/withdraw"] button')
  await page.part('#panel form[action$="/withdraw"]').gone()
  await enterAt('#invite-names', 'Nina')
  await page.part('#panel[open] .outcomes').shown()
  await escape()
  await fromMenu('Tom was here', 'delete')
  // Whoever leaves the page undoes it no more.
  await page.part('#undo button').shown()
  await page.reload()
  await inTabs((tab) => tab.parts('#timeline .msg:not(.msg--deleted)').counts(0))
  await fromSettings('form[action$="/archive"] button')
  await inTabs((tab) => tab.part('.room-state').shown())
  await escape()
  await enterAt('.room-state button')
  await inTabs((tab) => tab.part('.room-state').gone())
  await toSettings()
  await enterAt(`#panel .put-out:has([value="${tom}"]) summary`)
  await enterAt('#panel .put-out[open] [name=reason]', 'Enough')
  await inTabs((tab) => tab.at('/rooms/1'))
  await escape()
  await fromSettings('a[href$="/delete"]')
  await enterAt('#deleted-name', 'Lesson')
  await page.at('/rooms/1')
})

test('an owner sets the server and roles by the keys alone', async () => {
  await look(390, 'zh')
  await become('owner', '/admin/general')
  await enterAt('[name=welcome]', '欢迎')
  await page.part('.admin [role=status]').shown()
  await become('owner', '/admin/people?q=Tom')
  for (const key of ['ArrowDown', 'ArrowUp']) {
    await enterAt('.admin__person summary')
    await tabTo('.admin__person select')
    await page.press(key)
    await enterAt('.admin__person [name=reason]', '帮忙')
    await page.part('.admin [role=status]').shown()
    const role = key === 'ArrowDown' ? 'host' : 'member'
    await inTabs((tab) => tab.part(`#timeline[data-role=${role}]`).shown())
    await page.goto(addressOf(server.port, hostOf('owner'), '/admin/people?q=Tom'))
  }
  // The only owner is shown what comes before leaving for good.
  await become('owner', '/log-out')
  await page.part('#only-owner').shown()
  await expectAccessible(page)
  await become('owner', '/admin/storage')
  await page.part('#by-person').shown()
  await become('owner', '/admin/door')
  await tabTo('#door-settings [name=mode]')
  for (let n = 0; n < 3; n += 1) await page.press('ArrowDown')
  await enterAt('#door-settings button')
  await page.part('.admin [role=status]').shown()
})

testInFull('a moderator keeps the door, the rooms and the reports by the keys alone', async () => {
  await askAtDoor(server, 'Wanda')
  await become('moderator', '/admin/door')
  await enterAt('#requests button')
  await page.part('#requests button').gone()
  await become('moderator', '/admin/invitations')
  await enterAt('#make-link button')
  await page.part('#new-link').shown()
  await expectAccessible(page)
  await tabs[0]?.send('Something vile')
  await page.goto(addressOf(server.port, hostOf('member'), '/rooms/1'))
  await page.connected()
  await fromMenu('Something vile', 'report')
  await enterAt('#panel[open] [name=why]', '不好')
  await page.part('#panel[open] [role=status]').shown()
  await send('/rooms', 'name=Annexe&topic=&kind=open')
  await become('moderator', '/admin/rooms?q=Annexe')
  await enterAt('.admin summary')
  await enterAt('.admin form[action$="/rooms/archive"] [name=reason]', '不用了')
  await page.part('.admin [role=status]').shown()
  await become('moderator', '/admin/reports')
  await enterAt('.admin__reports button[value=delete]')
  await inTabs((tab) => tab.parts('#timeline .msg:not(.msg--deleted)').counts(0))
})

test('a moderator purges, renames and bans by the keys alone, and every tab follows', async () => {
  await tabs[0]?.send('Something worse')
  await inTabs((tab) => tab.sees('Something worse'))
  await actOnTom('purge')
  await inTabs((tab) => tab.parts('#timeline .msg:not(.msg--deleted)').counts(0))
  await actOnTom('rename', { name: 'Timothy' })
  await inTabs((tab) => tab.part('#told form').shown())
  await actOnTom('ban')
  await inTabs((tab) => tab.part('#banned h1').shown())
  // An offensive name can still be changed.
  await actOnTom('rename', { name: 'Somebody' })
  await expectAccessible(page)
  await actOnTom('unban')
  await become('moderator', '/admin/log')
  await page.part('.admin__log').reads('Because')
  await become('owner', `/admin/person?user=${tom}`)
  await enterAt('#act-way-back summary')
  await enterAt('#act-way-back button')
  await page.part('#way-back').shown()
  const link = new URL(await page.part('#way-back').value()).pathname
  const [tab] = tabs
  await tab?.goto(addressOf(server.port, 't', link))
  await tab?.part('form[action*="/way-back/"] button').focus()
  await tab?.press('Enter')
  await tab?.at('/devices')
})
