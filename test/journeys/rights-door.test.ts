import { expect, test } from 'bun:test'
import { type Act, can, type Rank, ranks } from '../../src/shared/rights'
import { type Person, readJson, signIn } from '../helpers/client'
import {
  askAtDoor,
  comeIn,
  makeInvitation,
  promote,
  requestsSeenBy,
  setDoor,
} from '../helpers/door'
import { makeRoom, sendForm } from '../helpers/rooms'
import { serverForAll } from '../helpers/server'

const server = serverForAll()
let asked = 0

/** How each act at the door is tried; who may do it gets one of these, all others are refused. */
const tries: { act: Act; what: string; by: (who: Person, owner: Person) => Promise<number> }[] = [
  {
    act: 'door.let_in',
    what: 'sees who asks',
    by: async (who) => statusOf(who, '/admin/door'),
  },
  ...(['in', 'out'] as const).map((answer) => ({
    act: 'door.let_in' as const,
    what: `answers ${answer}`,
    by: async (who: Person, owner: Person) => {
      await askAtDoor(server(), `Asker ${(asked += 1)}x`)
      const request = (await requestsSeenBy(server(), owner)).at(-1)
      return post(who, '/admin/door/answer', { request: String(request?.id), answer })
    },
  })),
  { act: 'door.links', what: 'sees links', by: async (who) => statusOf(who, '/admin/invitations') },
  {
    act: 'door.links',
    what: 'makes links',
    by: async (who) => post(who, '/admin/invitations', {}),
  },
  {
    act: 'door.links',
    what: 'revokes links',
    by: async (who, owner) => {
      await makeInvitation(server(), owner)
      const list = { links: [{ id: 0 }] }
      const { links } = Object.assign(list, await readJson(server(), owner, '/admin/invitations'))
      return post(who, '/admin/invitations/revoke', { link: String(links[0]?.id) })
    },
  },
  {
    act: 'server.configure',
    what: 'sets the door',
    by: async (who) => post(who, '/admin/door', { mode: 'ask' }),
  },
]

async function post(who: Person, path: string, fields: Record<string, string>): Promise<number> {
  return (await sendForm(server(), who, path, fields)).status
}

async function statusOf({ cookie }: Person, path: string): Promise<number> {
  return (await fetch(server().origin + path, { headers: { Cookie: cookie } })).status
}

/** Somebody of each rank, a stranger, and somebody whose session has ended. */
async function everybody(): Promise<Map<Rank | 'stranger' | 'signed out', Person>> {
  const people = new Map<Rank | 'stranger' | 'signed out', Person>()
  for (const rank of ranks) {
    const person = await signIn(server(), `A ${rank}`)
    if (rank === 'host') await makeRoom(server(), person, 'hosted')
    if (rank === 'moderator' || rank === 'owner') await promote(server(), person, rank)
    people.set(rank, person)
  }
  const gone = await signIn(server(), 'Gone')
  await sendForm(server(), gone, '/session/end', { asked: 'yes' })
  return people.set('stranger', { nickname: '', cookie: '' }).set('signed out', gone)
}

test('at the door everybody may do what the list of rights says, and nothing else', async () => {
  const people = await everybody()
  const owner = people.get('owner')
  if (owner === undefined) throw new Error('there is an owner')
  await setDoor(server(), owner, 'ask')
  const seen: string[] = []
  const wanted: string[] = []
  for (const { act, what, by } of tries) {
    for (const [rank, person] of people) {
      const isKnown = rank !== 'stranger' && rank !== 'signed out'
      const mayDo = isKnown && can(rank, act)
      const status = await by(person, owner)
      seen.push(`${rank} ${what}: ${status < 400 ? 'yes' : status}`)
      wanted.push(`${rank} ${what}: ${mayDo ? 'yes' : isKnown ? 403 : 401}`)
    }
  }
  expect(seen).toEqual(wanted)
  expect(seen).toHaveLength(tries.length * 6)
  expect((await comeIn(server(), 'Newcomer')).to).toContain('/door')
})
