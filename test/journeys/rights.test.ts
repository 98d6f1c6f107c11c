import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { type Act, can, type Rank, ranks, rights } from '../../src/shared/rights'
import { openSocket, type Person, signIn } from '../helpers/client'
import { becomeOwner, giveRole } from '../helpers/owners'
import { letIn, makeRoom } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { actAttempts } from './rights-acts'
import { attempts, type Scene } from './rights-attempts'

/** Each right is tried by each rank, by a stranger to the room and by somebody signed out. */
const actors = [...ranks, 'stranger', 'signed out'] as const
type Actor = (typeof actors)[number]

let server: RunningServer
let owner: Person
let scenes = 0

beforeAll(async () => {
  // Hundreds of people come from one address.
  server = await startServer({ env: { CHATROOM_RATE_LIMITS: 'off' } })
  owner = await signIn(server, 'The owner')
  await becomeOwner(server, owner)
})
afterAll(() => server.dispose())

async function arrive(rank: Actor, n: number): Promise<Person> {
  const person = await signIn(server, `Person ${n}`)
  if (rank === 'moderator' || rank === 'owner') await giveRole(server, owner, person, rank)
  return person
}

/** Somebody is invited who is not in the room. */
const invitationActs = new Set<Act>(['room.invite', 'room.withdraw_invitation'])

async function settle(act: Act, rank: Actor, targetRank: Rank): Promise<Scene> {
  const n = (scenes += 10)
  const actor = await arrive(rank, n)
  const target = await arrive(targetRank, n + 1)
  const host =
    rank === 'host' ? actor : targetRank === 'host' ? target : await arrive('host', n + 2)
  const room = await makeRoom(server, host, `Room ${n}`, 'closed')
  const isIn = ranks.some((known) => known === rank)
  for (const guest of new Set([actor, target])) {
    // Who is invited is not in the room yet.
    const comes = guest === actor ? isIn : !invitationActs.has(act)
    if (guest !== host && comes) await letIn(server, host, room, guest)
  }
  const socket = await openSocket(server, target)
  await socket.close()
  const tried = rank === 'signed out' ? { nickname: actor.nickname, cookie: '' } : actor
  return { server, host, actor: tried, room, target: socket.hello.user.id, targetRank, n }
}

const tried = Object.entries({ ...attempts, ...actAttempts }) as [Act, (typeof attempts)[Act]][]

for (const [act, ways = []] of tried) {
  test(`${act} is done by those who have the right, and by nobody else`, async () => {
    const isOnPerson = 'onlyLower' in rights[act]
    // A room has one host among these two: a host does not meet another.
    const targets = isOnPerson ? ranks : (['member'] as const)
    const cells: unknown[] = []
    const wanted: unknown[] = []
    for (const actor of actors) {
      for (const target of targets.filter((rank) => rank !== 'host' || actor !== 'host')) {
        for (const { over, tries } of ways) {
          const scene = await settle(act, actor, target)
          cells.push({ actor, target, over, isDone: await tries(scene) })
          wanted.push({ actor, target, over, isDone: mayDo(act, actor, target) })
        }
      }
    }
    expect(cells).toEqual(wanted)
  })
}

/** A stranger to the room has no rank there; on the server they are members. */
function mayDo(act: Act, actor: Actor, target: Rank): boolean {
  if (actor === 'signed out') return false
  const isOnServer = ['moderator', 'owner'].includes(rights[act].least)
  if (actor === 'stranger') return isOnServer && can('member', act, target)
  return can(actor, act, target)
}

test('every right is tried', async () => {
  const files = [...new Bun.Glob('rights*.ts').scanSync(import.meta.dir)]
  const texts = await Promise.all(files.map((file) => Bun.file(join(import.meta.dir, file)).text()))
  const isTried = (act: string): boolean => texts.some((text) => text.includes(`'${act}'`))
  expect(Object.keys(rights).filter((act) => !isTried(act))).toEqual([])
})
