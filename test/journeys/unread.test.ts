import { expect, test } from 'bun:test'
import { type ChatClient, head, history, openSocket, type Person, signIn } from '../helpers/client'
import { chooseSeed, createRandom } from '../helpers/random'
import { makeRoom, openDirect, sendForm } from '../helpers/rooms'
import { serverForAll } from '../helpers/server'

const server = serverForAll()
const steps = 200

type Marks = Map<number, number>

/** What is unread by the history alone: everything of others after the marker. */
async function recount(person: Person, me: number, room: number, marks: Marks) {
  const said = (await history(server(), person, room)).filter(
    ({ seq, sender }) => seq > (marks.get(room) ?? 0) && sender.id !== me,
  )
  const meant = said.filter(
    ({ mentions, recipient }) =>
      recipient !== null || mentions.includes(me) || mentions.includes(0),
  )
  return { unread: said.length, mentions: meant.length }
}

async function numbersOf(device: ChatClient, rooms: number[]) {
  const counts: Record<number, object> = {}
  for (const { id, unread, mentions } of device.hello.rooms) {
    if (rooms.includes(id)) counts[id] = { unread, mentions }
  }
  return counts
}

test('after 200 random steps the numbers equal a recount, on two devices', async () => {
  const seed = chooseSeed()
  const random = createRandom(seed)
  const [ada, bob] = [await signIn(server(), 'Ada'), await signIn(server(), 'Bob')]
  const talker = await openSocket(server(), bob)
  let devices = [await openSocket(server(), ada), await openSocket(server(), ada)]
  const me = devices[0]?.hello.user.id ?? 0
  const tea = await makeRoom(server(), bob, 'Tea')
  const direct = await openDirect(server(), bob, me)
  const marks: Marks = new Map()
  const heads = new Map<number, number>()
  const mine = new Set([1, direct])
  const pick = (): number => [...mine][random(mine.size)] ?? 1

  const post = async (socket: ChatClient, room: number, id: string, text: string) => {
    const answer = await socket.post(room, id, text)
    if (answer.type === 'accepted') heads.set(room, answer.seq)
  }
  for (let step = 0; step < steps; step += 1) {
    const dice = random(100)
    const room = pick()
    if (dice < 45) {
      const text = ['plain', 'hello @Ada', '@Bob myself', '@all of you'][random(4)] ?? ''
      await post(talker, [1, tea, direct][random(3)] ?? 1, `b-${seed}-${step}`, text)
    } else if (dice < 55) {
      const device = devices[random(2)]
      if (device !== undefined) await post(device, room, `a-${seed}-${step}`, 'mine @Ada')
    } else if (dice < 80) {
      const seq = random((heads.get(room) ?? 0) + 2)
      const device = devices[random(2)]
      const reached = Math.min(seq, heads.get(room) ?? 0)
      const moved = reached > (marks.get(room) ?? 0)
      // Nothing tells when a move without effect is over: the next message may come before.
      const isAhead = seq > reached && !moved
      if (seq === 0 || isAhead || device === undefined) continue
      device.send({ type: 'read', room, seq })
      marks.set(room, Math.max(marks.get(room) ?? 0, reached))
      // Every device is told the same numbers.
      if (!moved) continue
      const expected = await recount(ada, me, room, marks)
      for (const each of devices) {
        const heard = await each.until(
          (item) => item.type === 'read' && item.room === room && item.seq === reached,
          `the marker (seed ${seed}, step ${step})`,
        )
        expect({ seed, step, ...heard }).toMatchObject(expected)
      }
    } else if (dice < 88) {
      const path = `/rooms/${tea}/${mine.has(tea) ? 'leave' : 'members'}`
      expect((await sendForm(server(), ada, path)).status).toBe(303)
      if (mine.delete(tea)) continue
      mine.add(tea)
      // Nothing said before one came is unread, nor the line that tells of it.
      const { revision } = await head(server(), ada, tea)
      heads.set(tea, revision)
      marks.set(tea, revision)
    } else {
      const index = random(2)
      devices[index]?.cut()
      const fresh = await openSocket(server(), ada)
      devices = devices.map((device, n) => (n === index ? fresh : device))
    }
  }
  const rooms = [...mine]
  const expected: Record<number, object> = {}
  for (const room of rooms) expected[room] = await recount(ada, me, room, marks)
  for (const _ of [1, 2]) {
    const device = await openSocket(server(), ada)
    expect({ seed, ...(await numbersOf(device, rooms)) }).toEqual({ seed, ...expected })
    await device.close()
  }
  for (const socket of [talker, ...devices]) await socket.close()
})

test('an edit that names other people changes the counts of both at once, everywhere', async () => {
  const seed = chooseSeed()
  const random = createRandom(seed)
  const host = await signIn(server(), 'Emil')
  const people = await Promise.all(['Cleo', 'Dora'].map((name) => signIn(server(), name)))
  const room = await makeRoom(server(), host, 'Edits')
  for (const person of people) await sendForm(server(), person, `/rooms/${room}/members`)
  const author = await openSocket(server(), host)
  const devices = await Promise.all(
    people.flatMap((person) => [openSocket(server(), person), openSocket(server(), person)]),
  )
  const edges = ['hello @Cleo', '@Dora and @Cleo', '@all of you', 'nobody', '`@Dora` @Cleo']
  const pick = (step: number): string => `${edges[random(edges.length)] ?? ''} ${step}`
  const isCalled = (text: string, n: number): boolean =>
    text.startsWith('@all') || text.replace(/`.*`/, '').includes(n < 2 ? '@Cleo' : '@Dora')
  let text = pick(-1)
  const said = await author.post(room, `edit-${seed}`, text)
  const seq = said.type === 'accepted' ? said.seq : 0
  const known = new Set<unknown>()
  for (let step = 0; step < 20; step += 1) {
    const next = pick(step)
    author.send({ type: 'message.edit', room, seq, content: next, client_id: `${seed}-${step}` })
    for (const [n, device] of devices.entries()) {
      await device.until((item) => item.type === 'message.changed' && item.content === next, 'it')
      if (isCalled(text, n) === isCalled(next, n)) continue
      const what = `the count (seed ${seed}, step ${step}, device ${n}, ${text} > ${next})`
      const mentions = Number(isCalled(next, n))
      const heard = await device.until(
        (item) => item.type === 'read' && item.mentions === mentions && !known.has(item),
        what,
      )
      known.add(heard)
      expect({ what, ...heard }).toMatchObject({ what, room, unread: 1 })
    }
    text = next
  }
  for (const socket of [author, ...devices]) await socket.close()
})
