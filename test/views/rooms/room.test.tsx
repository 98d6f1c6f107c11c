import { expect, test } from 'bun:test'
import type { Message } from '../../../src/store/store'
import { RoomPage } from '../../../views/rooms/room'
import type { PeopleWindow } from '../../../views/people/people'
import { Timeline } from '../../../views/messages/timeline'
import { SignInPage } from '../../../views/people/sign-in'
import type { Language } from '../../../src/shared/languages'
import { findAll, findOne } from '../read-html'
import { general, mei, say, tomas, viewIn } from '../samples'

const talk = [say(mei, 'One'), say(mei, 'Two', 4), say(tomas, 'Three', 5), say(tomas, 'Four', 30)]

test('messages of one person within five minutes share a head', () => {
  const html = timeline(talk, false)
  const classes = findAll(html, 'article').map(({ attributes }) => attributes.get('class'))
  expect(classes).toEqual(['msg', 'msg msg--follow', 'msg', 'msg'])
})

test('an empty room shows its start and invites a first message', () => {
  const html = timeline([], false)
  expect(findOne(html, '.start').text).toBe('This is the start of #general')
  expect(findOne(html, '.first-words').text).not.toBe('')
})

test('a room with older messages offers them by link, without JavaScript too', () => {
  const html = timeline(talk, true)
  expect(findOne(html, '#older').attributes.get('hx-get')).toBe('/chat/rooms/7/messages?before=1')
  expect(findOne(html, '#older a').attributes.get('href')).toBe('/chat/rooms/7?before=1')
  expect(findAll(html, '.start')).toEqual([])
})

test('people online are listed before people who are away', () => {
  const people = findAll(roomPage('en'), '.person').map(({ attributes }) => [
    attributes.get('data-name'),
    attributes.get('data-state'),
  ])
  expect(people).toEqual([
    ['Tomás', 'online'],
    ['梅 Mei', 'offline'],
  ])
  expect(findOne(roomPage('en'), '#head-online').text).toBe('1 online')
})

test('the first stop of the Tab key is a link to the message field', () => {
  const html = roomPage('en')
  const [first] = findAll(html, 'a, button, textarea')
  const target = first?.attributes.get('href') ?? ''
  expect(findOne(html, target).tag).toBe('textarea')
})

test('a room with unread messages says so in words, not only by colour', () => {
  const html = roomPage('zh')
  expect(findOne(html, '#room-8').attributes.get('class')).toBe('item unread')
  expect(findOne(html, '#room-8').text).toContain('3 条未读消息')
})

test('a refused message comes back with the reason', () => {
  const unsent = { content: 'Dear all', problem: 'Too fast.' }
  const html = roomPage('en', unsent)
  expect(findOne(html, '#content').text).toBe('Dear all')
  expect(findOne(html, '#content').attributes.get('aria-describedby')).toContain('unsent-problem')
  expect(findOne(html, '#unsent-problem').text).toBe('Too fast.')
})

test('no page has inline styles or scripts', () => {
  for (const language of ['en', 'zh'] as const) {
    for (const html of [roomPage(language), signInPage(language)]) {
      expect(findAll(html, 'style, [style], script:not([src])')).toEqual([])
      const names = findAll(html, '*').flatMap(({ attributes }) => [...attributes.keys()])
      expect(names.filter((name) => name.startsWith('on'))).toEqual([])
    }
  }
})

test('no two elements of a page share an id', () => {
  const ids = findAll(roomPage('en'), 'body *').flatMap(({ attributes }) => {
    return attributes.get('id') ?? []
  })
  expect(
    ids.filter((id, index) => ids.indexOf(id) !== index && !/^(older|newer)$/.test(id)),
  ).toEqual([])
})

test('each language has its own name', () => {
  const buttons = findAll(roomPage('en'), '#language button')
  expect(buttons.map(({ attributes, text }) => [attributes.get('lang'), text])).toEqual([
    ['en', 'English'],
    ['zh-Hans', '简体中文'],
  ])
})

const window: PeopleWindow = {
  ...{ room: general.id, members: 2, online: 1, checksum: 0, beginsAt: 'start', next: null },
  isAllOnline: true,
  people: [
    { user: tomas, state: 'online', isHost: false },
    { user: mei, state: 'offline', isHost: false },
  ],
}

function timeline(messages: Message[], hasOlder: boolean) {
  const end = { nextSeq: null, at: null }
  const props = { view: viewIn('en'), room: general, reader: tomas, privateNotes: [], ...end }
  return <Timeline {...props} messages={messages} hasOlder={hasOlder} />
}

function roomPage(language: Language, unsent?: { content: string; problem: string }) {
  return (
    <RoomPage
      view={viewIn(language)}
      reader={tomas}
      room={general}
      rooms={[general, { ...general, id: 8, name: 'dev', unread: 3 }]}
      messages={talk}
      window={window}
      inAll={2}
      invitations={[]}
      invitedTo={0}
      states={new Map()}
      counts={new Map([[general.id, 1]])}
      privateNotes={[]}
      hasOlder={true}
      nextSeq={null}
      at={null}
      isRenewing={false}
      clientId="c9"
      epoch="e1"
      mayLetIn={false}
      unsent={unsent ?? null}
    />
  )
}

function signInPage(language: Language) {
  const form = {
    nickname: '',
    avatar: 'letter',
    picture: '',
    place: null,
    problem: null,
    mayComeBack: false,
    isCodeWrong: false,
    suggestions: [],
    invitation: '',
    invitedBy: null,
    line: '',
    isDoorProblem: false,
  }
  return <SignInPage view={viewIn(language)} form={form} />
}
