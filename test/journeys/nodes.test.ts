import { SQL } from 'bun'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { actOn } from '../helpers/acts'
import { type ChatClient, openSocket, type Person, signIn } from '../helpers/client'
import { comeBack, makeCode } from '../helpers/devices'
import type { Heard } from '../helpers/frames'
import { startNodes } from '../helpers/nodes'
import { becomeOwner } from '../helpers/owners'
import { hasPostgres, startPostgres } from '../helpers/postgres'
import { searchPath } from '../../src/store/postgres/connections'
import { writeLock } from '../../src/store/postgres/driver'
import { answerTo, inviteTo, letIn, makeRoom, openDirect, sendForm } from '../helpers/rooms'
import type { RunningServer } from '../helpers/server'
import { waitUntil } from '../helpers/wait'

type Guest = { node: RunningServer; person: Person; socket: ChatClient; id: number }

async function enter(node: RunningServer, name: string): Promise<Guest> {
  const person = await signIn(node, name)
  const socket = await openSocket(node, person)
  return { node, person, socket, id: socket.hello.user.id }
}

const changesIn = (room: number, { socket }: Guest): number[] =>
  socket.heard.flatMap((item) => {
    const isChange = item.type !== 'accepted' && 'revision' in item && 'seq' in item
    return isChange && item.room === room ? [item.revision] : []
  })

const has = (type: string, fields: object) => (item: Heard) =>
  item.type === type &&
  Object.entries(fields).every(([key, value]) => Reflect.get(item, key) === value)

function onThree(name: string, body: () => Promise<void>): void {
  if (hasPostgres) test(name, body)
}

let three: Awaited<ReturnType<typeof startNodes>> | undefined
const node = (n: number): RunningServer => {
  const found = three?.nodes[n]
  if (found === undefined) throw new Error('There is no such node')
  return found
}
beforeAll(async () => {
  if (hasPostgres) three = await startNodes(3)
})
afterAll(() => three?.[Symbol.asyncDispose]())

/** A room with its host on the first node, and a member on each of the others. */
const meet = async (name: string, kind: 'open' | 'closed' = 'closed') => {
  const [ana, bob, eve] = await Promise.all([
    enter(node(0), `Ana ${name}`),
    enter(node(1), `Bob ${name}`),
    enter(node(2), `Eve ${name}`),
  ])
  const room = await makeRoom(node(0), ana.person, name, kind)
  for (const guest of [bob, eve]) {
    await letIn(node(0), ana.person, room, guest.person)
    await guest.socket.until((item) => item.type === 'room' && item.room.id === room, 'the room')
  }
  return { room, ana, bob, eve, all: [ana, bob, eve] }
}

onThree('what is said on one is heard on each, once and in order', async () => {
  const { room, all } = await meet('order')
  const answers = await Promise.all(
    all.flatMap(({ socket }, n) =>
      Array.from({ length: 40 }, (_, k) => socket.post(room, `order-${n}-${k}`, `${n} ${k}`)),
    ),
  )
  expect(answers.every(({ type }) => type === 'accepted')).toBe(true)
  for (const { socket } of all) {
    const isMessage = (item: Heard) => item.type === 'message' && item.room === room
    const last = Math.max(...answers.map((answer) => ('seq' in answer ? answer.seq : 0)))
    await socket.until(has('message', { room, seq: last }), 'the last')
    const seqs = socket.heard.flatMap((item) =>
      isMessage(item) && 'seq' in item ? [item.seq] : [],
    )
    expect(seqs).toEqual(Array.from({ length: 120 }, (_, n) => last - 119 + n))
  }
})

onThree('edits, reactions and deletions reach each node, and leave no gap', async () => {
  const { room, ana, bob, eve, all } = await meet('changes')
  const said = await ana.socket.post(room, 'changes-1', 'first')
  const seq = said.type === 'accepted' ? said.seq : 0
  const target = { room, seq }
  const sent = Array.from({ length: 20 }, (_, n) => n)
  for (const n of sent) {
    ana.socket.send({ type: 'message.edit', ...target, content: `${n}`, client_id: `edit-${n}` })
    const emoji = { emoji: '👍', active: n % 2 === 0 }
    for (const { socket, id } of [bob, eve])
      socket.send({ type: 'reaction.set', ...target, ...emoji, client_id: `react-${id}-${n}` })
  }
  const isLast = has('accepted', { client_id: 'edit-19' })
  await Promise.all([
    ana.socket.until(isLast, 'the last edit'),
    ...[bob, eve].map(({ socket, id }) =>
      socket.until(has('accepted', { client_id: `react-${id}-19` }), 'the last reaction'),
    ),
  ])
  ana.socket.send({ type: 'message.delete', ...target, client_id: 'delete-1' })
  await Promise.all(
    all.map(({ socket }) => socket.until(has('message.removed', target), 'the deletion')),
  )
  for (const guest of all) {
    // Each revision came, or an event says that it was overtaken.
    const revisions = changesIn(room, guest)
    expect(revisions).toEqual([...new Set(revisions)].toSorted((a, b) => a - b))
    let known: number | null = null
    for (const item of guest.socket.heard) {
      if (!('room' in item) || item.room !== room || !('revision' in item)) continue
      if (item.type === 'accepted') continue
      if (item.type === 'caught_up') {
        expect(item.after).toBe(known ?? item.after)
      } else expect(item.revision).toBe((known ?? item.revision - 1) + 1)
      known = item.revision
    }
  }
})

onThree('a new name, picture, topic and kind is told on each node', async () => {
  const { room, ana, bob, eve } = await meet('names')
  await sendForm(node(0), ana.person, `/rooms/${room}`, { name: 'renamed', topic: 'of it' })
  const facts = has('room.changed', { room, name: 'renamed', topic: 'of it' })
  await Promise.all([bob, eve].map(({ socket }) => socket.until(facts, 'the name')))
  await sendForm(node(1), bob.person, '/profile', { nickname: 'Robert names', avatar: 'letter' })
  for (const { socket } of [ana, eve]) {
    await socket.until(
      (item) => item.type === 'person.changed' && item.user.nickname === 'Robert names',
      'the new name',
    )
  }
  await sendForm(node(0), ana.person, `/rooms/${room}/kind`, { kind: 'open' })
  await eve.socket.until(has('room.changed', { room, kind: 'open' }), 'the kind')
})

onThree('who comes, goes or becomes a host is seen on each node', async () => {
  const { room, ana, bob, eve, all } = await meet('coming', 'open')
  const dan = await enter(node(1), 'Dan coming')
  await sendForm(node(1), dan.person, `/rooms/${room}/members`)
  await dan.socket.until((item) => item.type === 'room' && item.room.id === room, 'the room')
  for (const { socket } of all) {
    await socket.until(
      (item) => item.type === 'member.joined' && item.room === room && item.user.id === dan.id,
      'Dan',
    )
  }
  await eve.socket.post(room, 'coming-1', 'Welcome')
  await dan.socket.until(has('message', { room, content: 'Welcome' }), 'the welcome')
  await sendForm(node(0), ana.person, `/rooms/${room}/hosts`, { user: `${bob.id}`, host: 'yes' })
  await eve.socket.until(has('member.changed', { room, user: bob.id }), 'the host')
  await bob.socket.until(
    (item) => item.type === 'room' && item.room.id === room && item.room.role === 'host',
    'the role',
  )
  await sendForm(node(2), eve.person, `/rooms/${room}/leave`)
  await eve.socket.until(has('room.left', { room }), 'the end')
  for (const { socket } of [ana, bob, dan])
    await socket.until(has('member.left', { room, user: eve.id }), 'that Eve went')
})

onThree('who is removed on one node hears nothing later on another', async () => {
  const { room, ana, bob, eve } = await meet('removal')
  let isOver = false
  const talkers = await Promise.all(
    Array.from({ length: 6 }, async (_, n) => {
      const talker = await enter(node(n % 3), `Talker ${n} removal`)
      await letIn(node(0), ana.person, room, talker.person)
      return talker
    }),
  )
  const talk = talkers.map(async ({ socket }, n) => {
    for (let k = 0; !isOver; k += 1) await socket.post(room, `removal-${n}-${k}`, 'on and on')
  })
  await eve.socket.until(has('message', { content: 'on and on' }), 'the talk')
  try {
    for (let round = 0; round < 6; round += 1) {
      const from = bob.socket.heard.length
      await sendForm(node(0), ana.person, `/rooms/${room}/members/remove`, { user: `${bob.id}` })
      // What is answered from here on was committed after the removal.
      const border = await ana.socket.post(room, `border-${round}`, 'He is gone')
      const seq = border.type === 'accepted' ? border.seq : 0
      await bob.socket.until((item) => isAfter(bob.socket, item, from, 'room.left'), 'the end')
      await eve.socket.until((item) => item.type === 'message' && item.seq > seq + 20, 'more talk')
      const later = bob.socket.heard.filter(
        (item) => 'seq' in item && 'room' in item && item.room === room && item.seq >= seq,
      )
      expect(later).toEqual([])
      const before = bob.socket.heard.length
      await letIn(node(0), ana.person, room, bob.person)
      await bob.socket.until((item) => isAfter(bob.socket, item, before, 'message'), 'the talk')
    }
  } finally {
    isOver = true
  }
  await Promise.all(talk)
})

const isAfter = ({ heard }: ChatClient, item: Heard, from: number, type: string): boolean =>
  item.type === type && heard.indexOf(item) >= from

onThree('a session that ends on one node has no socket on another', async () => {
  const ana = await enter(node(0), 'Ana sessions')
  const other = await comeBack(node(1), 'Ana sessions', await makeCode(node(0), ana.person))
  const socket = await openSocket(node(1), other)
  await sendForm(node(0), ana.person, '/devices/end', { others: 'yes' })
  expect(await socket.closed).toMatchObject({ code: 4401 })
  expect((await openSocket(node(2), ana.person)).hello.user.id).toBe(ana.id)
})

onThree('a session that ends while a node cannot ask for it has no socket later', async () => {
  const ana = await enter(node(1), 'Ana away')
  const url = three?.url ?? ''
  await using sql = new SQL(url, { max: 1 })
  await using locking = new SQL(url, { max: 1 })
  await locking.unsafe('BEGIN; LOCK TABLE chatroom.users')
  await sql.unsafe(`SET search_path = ${searchPath};
    BEGIN; SELECT pg_advisory_xact_lock(${writeLock});
    DELETE FROM chatroom.sessions WHERE user_id = ${ana.id}; COMMIT`)
  const before = node(1).log().length
  // As the deadline of a statement does, some seconds later.
  const cancel = `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND query LIKE '%FROM sessions%'`
  const hasFailed = () => /(hint|nodes)\.failed/.test(node(1).log().slice(before))
  await waitUntil(async () => (await sql.unsafe(cancel), hasFailed()), 'the fault')
  await locking.unsafe('COMMIT')
  expect(await ana.socket.closed).toMatchObject({ code: 4401 })
})

onThree('who is banned has no socket on any node, and each page hears of it', async () => {
  const [owner, mallory, eve] = await Promise.all([
    enter(node(0), 'Owner bans'),
    enter(node(1), 'Mallory bans'),
    enter(node(2), 'Eve bans'),
  ])
  // The link that was printed last.
  await becomeOwner(node(2), owner.person)
  const answer = await actOn(node(2), owner.person, 'ban', mallory.id, { reason: '', hours: '0' })
  expect(answer.status).toBe(303)
  expect(await mallory.socket.closed).toMatchObject({ code: 4401 })
  await eve.socket.until(
    (item) => item.type === 'person.changed' && item.user.id === mallory.id,
    'who has left',
  )
})

onThree('invitations, private messages and read markers reach a person on each node', async () => {
  const { ana, bob } = await meet('personal')
  const again = await openSocket(node(2), bob.person)
  const closed = await makeRoom(node(0), ana.person, 'personal 2', 'closed')
  await inviteTo(node(0), ana.person, closed, bob.id)
  for (const socket of [bob.socket, again]) {
    await socket.until(
      (item) => item.type === 'invitation' && item.invitation.room.id === closed,
      'the invitation',
    )
  }
  await answerTo(node(1), bob.person, closed, 'decline')
  await again.until(has('invitation.ended', { room: closed }), 'the end')
  const direct = await openDirect(node(0), ana.person, bob.id)
  await ana.socket.post(direct, 'personal-1', 'between us')
  for (const socket of [bob.socket, again, ana.socket]) {
    const told = await socket.until(has('message', { room: direct }), 'the message')
    const summary = socket.heard.findIndex(
      (item) => item.type === 'room' && item.room.id === direct,
    )
    expect(summary).toBeLessThan(socket.heard.indexOf(told))
    expect(summary).toBeGreaterThan(-1)
  }
  bob.socket.send({ type: 'read', room: direct, seq: 1 })
  await again.until(has('read', { room: direct, seq: 1, unread: 0 }), 'the marker')
})

onThree('without any message between the nodes all of it arrives by looking', async () => {
  await using two = await startNodes(2, { isDeaf: true })
  const [first, second] = two.nodes
  if (first === undefined || second === undefined) throw new Error('Two were started')
  const [ana, bob] = [await enter(first, 'Ana'), await enter(second, 'Bob')]
  const room = await makeRoom(first, ana.person, 'quiet', 'open')
  await sendForm(second, bob.person, `/rooms/${room}/members`)
  await bob.socket.until((item) => item.type === 'room' && item.room.id === room, 'the room')
  await ana.socket.post(room, 'quiet-1', 'one')
  await bob.socket.until(has('message', { room, content: 'one' }), 'the message')
  await sendForm(first, ana.person, `/rooms/${room}`, { name: 'still', topic: '' })
  await bob.socket.until(has('room.changed', { room, name: 'still' }), 'the name')
  await sendForm(first, ana.person, '/profile', { nickname: 'Anabel', avatar: 'letter' })
  await bob.socket.until((item) => item.type === 'person.changed', 'the new name')
  const tab = await openSocket(first, bob.person)
  await tab.post(room, 'quiet-2', 'two')
  bob.socket.send({ type: 'read', room, seq: 99 })
  await tab.until(has('read', { room, unread: 0 }), 'the marker')
  await sendForm(first, ana.person, `/rooms/${room}/members/remove`, { user: `${bob.id}` })
  await ana.socket.post(room, 'quiet-3', 'three')
  await bob.socket.until(has('room.left', { room }), 'the end')
  expect(bob.socket.heard.some(has('message', { content: 'three' }))).toBe(false)
})

onThree('nonsense of another user of the database changes nothing', async () => {
  const { room, ana, bob } = await meet('nonsense')
  await using sql = new SQL(three?.url ?? '', { max: 1 })
  const people = [[bob.id, 1, [room]], [ana.id, 0, []], ['x', 9, 'x'], null, 7]
  const texts = ['', 'room', 'room x y', 'read 1', '{', 'null', '[]', '{"beat":"x"}', '{"bye":1}']
  const changes = [{ change: 1, people }, { all: 1, part: 0, parts: 1, people: 5 }, { ask: null }]
  const said = [...texts, ...changes.map((one) => JSON.stringify(one)), null, 7, {}]
  const payloads = [
    '{',
    'null',
    '7',
    '"x"',
    '{}',
    '[]',
    '[1]',
    '["x",7]',
    '["x",[null,7,"x",[],[1]]]',
  ]
  for (const channel of ['hints', 'presence', 'typing', 'x'])
    for (const text of said) payloads.push(JSON.stringify(['stranger', [[channel, text]]]))
  payloads.push('x'.repeat(7_999), `${'['.repeat(3_900)}${']'.repeat(3_900)}`)
  const before = node(1).log().length
  for (const payload of payloads) await sql`SELECT pg_notify('chatroom', ${payload})`
  await ana.socket.post(room, 'nonsense', 'after it')
  await bob.socket.until(has('message', { room, content: 'after it' }), 'the message')
  await sql`SELECT pg_notify('chatroom', '["stranger",[["presence","{\\"bye\\":true}"]]]')`
  expect(node(1).log().slice(before)).not.toMatch(/uncaught|unhandled/)
  expect(bob.socket.heard.some(({ type }) => type === 'room.left')).toBe(false)
})

onThree('while the database is away people read on, and go on when it is back', async () => {
  const postgres = await startPostgres()
  await using two = await startNodes(2, { url: await postgres.create() })
  const [first, second] = two.nodes
  if (first === undefined || second === undefined) throw new Error('Two were started')
  const [ana, bob] = [await enter(first, 'Ana'), await enter(second, 'Bob')]
  const statusOf = async (path: string) => (await fetch(first.origin + path)).status
  expect([await statusOf('/healthz'), await statusOf('/readyz')]).toEqual([200, 200])
  await ana.socket.post(1, 'away-1', 'before')
  await postgres.pause()
  await waitUntil(async () => (await statusOf('/readyz')) === 503, 'that nobody new is sent here')
  expect(await statusOf('/healthz')).toBe(200)
  const later = { type: 'refused', code: 'storage_away', retry_ms: 1_000 }
  expect(await ana.socket.post(1, 'away-2', 'meanwhile')).toMatchObject(later)
  const edit = { type: 'message.edit', room: 1, seq: 1, client_id: 'away-3', content: 'changed' }
  ana.socket.send(edit)
  await ana.socket.until(has('refused', { ...later, client_id: 'away-3' }), 'its answer')
  await postgres.restart()
  await waitUntil(async () => (await statusOf('/readyz')) === 200, 'that people are sent here')
  const said = await waitUntil(async () => {
    const answer = await ana.socket.post(1, 'away-2', 'meanwhile')
    return answer.type === 'accepted' ? answer : null
  }, 'the answer')
  await bob.socket.until(has('message', { room: 1, content: 'meanwhile' }), 'the message')
  expect(said).toMatchObject({ seq: 2 })
  expect(changesIn(1, bob)).toEqual([1, 2])
  await postgres.stop()
})
