import { afterAll, expect, test } from 'bun:test'
import { SQL } from 'bun'
import type { AppendOutcome, NewAttachment, NewMessage, Store } from '../../../src/store/store'
import { chooseSeed, createRandom } from '../../helpers/random'
import { sharedPostgres } from '../../helpers/postgres'
import { createTcpProxy } from '../../helpers/tcp-proxy'
import type { Engine } from '../contract'
import { openEngine as openSqlite } from '../engine'
import { hash, join, message, placeOf, say } from '../people'
import { createDatabase, describeOnPostgres, openEngine, openNodes, openStore } from './databases'

const names = ['Ada', 'Bob', 'Eve', 'Mei']

/** People and rooms of every kind; the same calls give the same ids on both engines. */
async function settle({ store, makeRoom }: Engine): Promise<number[]> {
  const people = []
  for (const [n, name] of names.entries()) people.push(await join(store, name, n + 1))
  const [ada, bob, eve, mei] = people.map(({ id }) => id) as [number, number, number, number]
  const plain = await makeRoom('plain', [ada, bob, eve])
  const open = async (name: string): Promise<number> => {
    const texts = { name, folded: name, skeleton: name, topic: '' }
    const made = await store.rooms.create({ kind: 'open', ...texts, host: ada, createdAt: 1 })
    if ('refused' in made) throw new Error(made.refused)
    for (const id of [bob, eve]) await store.rooms.join(id, made.id, 1)
    return made.id
  }
  const [slow, hosts, closed, muting] = [
    ...[await open('slow'), await open('hosts'), await open('closed'), await open('muting')],
  ] as [number, number, number, number]
  await store.holds.change({ roomId: slow, userId: ada }, { slowMs: 10_000 }, 1)
  await store.holds.change({ roomId: hosts, userId: ada }, { writers: 'hosts' }, 1)
  await store.roomLife.archive({ userId: ada }, closed, true, 1)
  const told = { ms: 600_000, reason: '', at: 1 }
  await store.holds.mute({ roomId: muting, userId: ada }, bob, told)
  const talks = []
  for (const other of [bob, eve, mei]) talks.push((await store.rooms.direct(ada, other, 1))?.id)
  const [begun = 0, fresh = 0, over = 0] = talks
  for (const room of [begun, over]) {
    await store.messages.append([message(people[0]!, { room, clientId: `first ${room}` })])
  }
  const group = (await store.rooms.group([ada, bob, eve], 1))?.id ?? 0
  await store.sessions.leave(hash(4), 2)
  for (let n = 0; n < 12; n += 1) {
    await store.attachments.add(fileOf({ id: n % 3 === 0 ? bob : ada }, `file${n}`))
  }
  return [1, plain, plain, slow, hosts, closed, muting, begun, fresh, over, group, 999]
}

function fileOf({ id: owner }: { id: number }, id: string): NewAttachment {
  const texts = { name: `${id}.txt`, type: 'text/plain', preview: '', description: '' }
  return { id, ...texts, size: 1, width: null, height: null, owner, createdAt: 1 }
}

function generate(random: (below: number) => number, all: number[], at: number): NewMessage[] {
  const rooms = Array.from({ length: 3 }, () => all[random(all.length)] ?? 0)
  const maybe = <Value>(of: number, value: () => Value, other: Value): Value =>
    random(of) === 0 ? value() : other
  const author = () => ({ id: 1 + random(4), nickname: '', avatar: '', mark: null })
  return Array.from({ length: 1 + random(12) }, () => {
    const by = author()
    const session = random(5) === 0 ? { session: hash(random(4)) } : {}
    return message(by, {
      room: rooms[random(rooms.length)] ?? 0,
      clientId: `id${random(300)}`,
      content: ['text', '  ', '它 "quoted" \\ text', 'long '.repeat(300)][random(4)] ?? '',
      replyTo: maybe(3, () => random(9), null),
      mentions: maybe(4, () => [{ user: random(4), start: 0, length: 2 }], []),
      attachments: maybe(4, () => [`file${random(12)}`], []),
      writtenIn: maybe(3, () => rooms[random(3)] ?? null, null),
      createdAt: at + random(3_000),
      ...session,
    })
  })
}

describeOnPostgres('groups of messages on PostgreSQL', () => {
  test('each outcome is that of SQLite, whatever the group', async () => {
    const seed = chooseSeed()
    const random = createRandom(seed)
    const engines = [await openSqlite(), await openEngine()]
    const [rooms = [], same] = [await settle(engines[0]!), await settle(engines[1]!)]
    expect(same).toEqual(rooms)
    for (let step = 0; step < 25; step += 1) {
      const group = generate(random, rooms, 1_000 + step * 1_500)
      const [expected, found] = await Promise.all(
        engines.map(({ store }) => store.messages.append(group)),
      )
      // Only here the version of the members is part of it.
      for (const outcome of found ?? []) if ('members' in outcome) delete outcome.members
      expect({ seed, step, found }).toEqual({ seed, step, found: expected })
      if (step % 8 > 0) continue
      const ways = await Promise.all(engines.map(({ store }) => look(store, rooms)))
      expect({ seed, step, rooms: ways[1] }).toEqual({ seed, step, rooms: ways[0] })
    }
    for (const engine of engines) await engine.close()
  })
})

/** What rooms and files know after a group. */
async function look(store: Store, rooms: number[]) {
  const known = await Promise.all([1, 2, 3].flatMap((id) => store.rooms.ofUser(id, 50, null)))
  const files = await Promise.all([1, 2].map((id) => store.attachments.find(id, `file${id}`)))
  return { known: known.flat(), files, rooms }
}

describeOnPostgres('nodes that write at once on PostgreSQL', () => {
  const opened: Store[] = []
  afterAll(() => Promise.all(opened.map((store) => store.close())))

  async function openNode(url: string): Promise<Store> {
    const store = await openStore(url)
    opened.push(store)
    return store
  }

  test('places have no hole and no double, and each id is stored once', async () => {
    const url = await createDatabase()
    const nodes = [await openNode(url), await openNode(url)]
    const ada = await join(nodes[0]!, 'Ada', 1)
    const tea = { name: 'tea', folded: 'tea', skeleton: 'tea', topic: '' }
    await nodes[0]!.rooms.create({ kind: 'open', ...tea, host: ada.id, createdAt: 1 })
    const groups = Array.from({ length: 40 }, (_, n) =>
      Array.from({ length: 4 }, (__, k) =>
        // Each id is sent to both nodes at about the same time, a third of them for two rooms.
        message(ada, { room: 1 + ((n + k) % 3 === 0 ? n % 2 : 0), clientId: `${n >> 1} ${k}` }),
      ),
    )
    const outcomes = await Promise.all(
      groups.map((group, n) => nodes[n % 2]!.messages.append(group)),
    )
    const fresh = outcomes.flat().flatMap((one) => (isFresh(one) ? [one.message] : []))
    expect(new Set(fresh.map(({ clientId }) => clientId)).size).toBe(80)
    expect(fresh).toHaveLength(80)
    // One id for two rooms, which no lock of a room keeps apart.
    for (let n = 0; n < 25; n += 1) {
      const both = await Promise.all(
        nodes.map((node, at) =>
          node.messages.append([message(ada, { room: 1 + at, clientId: `${n}` })]),
        ),
      )
      fresh.push(...both.flat().flatMap((one) => (isFresh(one) ? [one.message] : [])))
      expect(fresh).toHaveLength(81 + n)
    }
    for (const room of [1, 2]) {
      const places = fresh.flatMap((each) => (each.room === room ? [each.seq] : []))
      expect(places.toSorted((a, b) => a - b)).toEqual(places.map((_, n) => n + 1))
    }
  })

  test('of two messages that name one file at once, one has it', async () => {
    const url = await createDatabase()
    const nodes = [await openNode(url), await openNode(url)]
    const ada = await join(nodes[0]!, 'Ada', 1)
    const tea = { name: 'tea', folded: 'tea', skeleton: 'tea', topic: '' }
    await nodes[0]!.rooms.create({ kind: 'open', ...tea, host: ada.id, createdAt: 1 })
    for (let n = 0; n < 25; n += 1) {
      await nodes[0]!.attachments.add(fileOf(ada, `file${n}`))
      const fields = (room: number) => ({ room, clientId: `${n} ${room}` })
      const both = await Promise.all(
        nodes.map((node, at) =>
          node.messages.append([message(ada, { ...fields(at + 1), attachments: [`file${n}`] })]),
        ),
      )
      const outcomes = both.flat().map((one) => (isFresh(one) ? 'has it' : placeOf(one)))
      expect(outcomes.toSorted()).toEqual(['attachment_missing', 'has it'])
    }
  })

  test('while a transaction goes on, nobody takes away what it has looked at', async () => {
    const url = await createDatabase()
    await using opened = await openNodes(url)
    const [node] = opened.nodes
    const store = await openNode(url)
    const ada = await join(store, 'Ada', 1)
    const by = { roomId: 1, userId: ada.id }
    const [acting, claim] = [hash(1), hash(9)]
    const done: string[] = []
    const writes: Record<string, () => Promise<unknown>> = {
      invitation: () => store.invitations.withdraw(by, 2),
      device: () => store.devices.end(acting, null),
      code: () => store.devices.setCode(acting, 'code', 1),
      link: () => store.deviceLinks.make(acting, claim, 1),
      answer: () => store.deviceLinks.allow(acting, claim, 1),
      refusal: () => store.deviceLinks.end(acting, null),
      files: () => store.attachments.dropUnused(1),
    }
    const sleep = node!.query<unknown, []>('SELECT pg_sleep(0.3)')
    const all: Promise<unknown>[] = []
    const watch = node!.transaction(function* () {
      // The first answer of a connection comes later.
      yield* sleep.get()
      for (const [name, write] of Object.entries(writes))
        all.push(write().then(() => void done.push(name)))
      yield* sleep.get()
      expect(done).toEqual([])
    })
    await store.rooms.markRead(by, 0)
    await watch()
    await Promise.all(all)
    expect(done).toHaveLength(all.length)
  })

  test('while a transaction goes on, nothing is said', async () => {
    const url = await createDatabase()
    await using opened = await openNodes(url)
    const [node] = opened.nodes
    const store = await openNode(url)
    const ada = await join(store, 'Ada', 1)
    const head = node!.query<{ revision: number }, []>('SELECT revision FROM rooms')
    const sleep = node!.query<unknown, []>('SELECT pg_sleep(0.2)')
    const watch = node!.transaction(function* () {
      const before = yield* head.get()
      said = say(store, ada, 'meanwhile')
      yield* sleep.get()
      return [before, yield* head.get()]
    })
    let said = Promise.resolve()
    expect(await watch()).toEqual([{ revision: 0 }, { revision: 0 }])
    await said
  })

  test('a group whose answer was lost is stored once, and is new', async () => {
    const url = new URL(await createDatabase())
    await using direct = new SQL(url.href, { max: 1 })
    const proxy = createTcpProxy((await sharedPostgres()).port)
    url.port = String(proxy.port)
    const store = await openNode(url.href)
    const ada = await join(store, 'Ada', 1)
    await say(store, ada, 'one')
    proxy.cutAfter(/"two"/)
    const outcomes = await store.messages.append([
      message(ada, { clientId: 'two', content: 'two' }),
      message(ada, { clientId: 'one', content: 'one', createdAt: 5_000 }),
    ])
    expect(outcomes.map(isFresh)).toEqual([true, false])
    const rows = await direct.unsafe('SELECT content FROM chatroom.messages ORDER BY seq')
    expect(rows.map((row: { content: string }) => row.content)).toEqual(['one', 'two'])
    proxy.close()
  })

  test('who comes or goes moves the version of the room, by whatever verb', async () => {
    const url = await createDatabase()
    const store = await openNode(url)
    await using sql = new SQL(url, { max: 1 })
    const [ada, bob] = [await join(store, 'Ada', 1), await join(store, 'Bob', 2)]
    await say(store, ada, 'one')
    const texts = { name: 'tea', folded: 'tea', skeleton: 'tea', topic: '' }
    await store.rooms.create({ kind: 'open', ...texts, host: ada.id, createdAt: 1 })
    await store.rooms.join(bob.id, 2, 1)
    await store.rooms.remove({ roomId: 2, userId: ada.id }, bob.id, 1)
    await store.sessions.leave(hash(2), 2)
    const changes = await sql.unsafe(
      `SELECT room_id::integer AS room, version::integer, user_id::integer AS person,
         is_in::integer, revision::integer FROM chatroom.membership_changes ORDER BY 1, 2`,
    )
    expect(changes.map(Object.values)).toEqual([
      [1, 1, ada.id, 1, 0],
      [1, 2, bob.id, 1, 0],
      [1, 3, bob.id, 0, 1],
      [2, 1, ada.id, 1, 0],
      [2, 2, bob.id, 1, 0],
      [2, 3, bob.id, 0, 1],
    ])
  })
})

function isFresh(one: AppendOutcome): one is Extract<AppendOutcome, { status: 'accepted' }> {
  return one.status === 'accepted' && !one.repeat
}
