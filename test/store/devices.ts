import { expect } from 'bun:test'
import type { Store } from '../../src/store/store'
import type { Within } from './contract'
import { hash, join, newUser, session } from './people'

const dayMs = 24 * 60 * 60_000
const times = { unusedMs: 90 * dayMs, keepNamesMs: 90 * dayMs }

/** Another device of somebody, by a code. */
async function addDevice(store: Store, name: string, from: number, n: number, at = 2) {
  await store.devices.setCode(hash(from), `code ${n}`, at)
  const found = await store.devices.findCode(name.toLowerCase())
  if (found === null) throw new Error(`${name} has a code`)
  return store.devices.recover(found, session(n, at), null)
}

const idsOf = async (store: Store, n: number): Promise<number[]> =>
  (await store.devices.list(hash(n))).map(({ id }) => id)

/** What the contract says of the devices of one person, and of names without a device. */
export function testDevices(within: Within): void {
  testLists(within)
  testCodes(within)
  testNames(within)
}

function testLists(within: Within): void {
  within('people see and sign out their own devices, and no others', async ({ store }) => {
    for (const [n, name] of ['Ada', 'Eve'].entries()) await join(store, name, n + 1)
    for (const n of [3, 4, 5]) await addDevice(store, 'Ada', 1, n, n)
    const listed = await store.devices.list(hash(3))
    expect(listed.map(({ isThis, addedAt }) => [isThis, addedAt])).toEqual([
      [true, 3],
      [false, 5],
      [false, 4],
      [false, 1],
    ])
    expect(listed[0]).toMatchObject({ browser: 'Firefox', system: 'Linux', seenAt: 3 })
    const [own = 0, other = 0] = await idsOf(store, 3)
    const [eve = 0] = await idsOf(store, 2)
    for (const id of [own, eve, 999]) expect(await store.devices.end(hash(3), id)).toEqual([])
    expect(await store.devices.end(hash(3), other)).toEqual([hash(5)])
    expect(await store.sessions.findUser(hash(5))).toBeNull()
    // A session that has ended ends nothing any more.
    expect(await store.devices.end(hash(5), null)).toEqual([])
    expect(await store.devices.list(hash(5))).toEqual([])
    expect((await store.devices.end(hash(3), null)).length).toBe(2)
    expect(await store.sessions.findUser(hash(2))).toMatchObject({ nickname: 'Eve' })
    expect(await idsOf(store, 3)).toEqual([own])
  })

  within('of more than fifty devices those not seen for longest are signed out', async (engine) => {
    const { store } = engine
    await join(store, 'Ada', 1)
    for (let n = 2; n <= 50; n += 1) {
      expect((await addDevice(store, 'Ada', 1, n, n))?.ended).toEqual([])
    }
    expect((await addDevice(store, 'Ada', 1, 51, 51))?.ended).toEqual([hash(1)])
    expect((await idsOf(store, 51)).length).toBe(50)
  })
}

function testCodes(within: Within): void {
  within('a code is spent by its first use, and replaced by a newer one', async ({ store }) => {
    const ada = await join(store, 'Ada', 1)
    await join(store, 'Eve', 2)
    expect(await store.devices.codeMadeAt(hash(1))).toBeNull()
    expect(await store.devices.findCode('ada')).toBeNull()
    await store.devices.setCode(hash(1), 'old', 5)
    const old = { id: ada.id, hash: 'old' }
    expect(await store.devices.setCode(hash(1), 'new', 6)).toBe(true)
    expect(await store.devices.codeMadeAt(hash(1))).toBe(6)
    expect(await store.devices.recover(old, session(3), null)).toBeNull()
    const found = await store.devices.findCode('ada')
    if (found === null) throw new Error('Ada has a code')
    const tries = [3, 4, 5].map((n) => store.devices.recover(found, session(n, 7), hash(2)))
    const back = (await Promise.all(tries)).filter((one) => one !== null)
    expect(back).toEqual([{ user: ada, ended: [] }])
    expect(await store.devices.codeMadeAt(hash(1))).toBeNull()
    // The session that the browser had is over, and nobody has lost a name.
    expect(await store.sessions.findUser(hash(2))).toBeNull()
    expect(await store.users.isNameFree('eve', 'eve')).toBe(false)
  })

  within('without a session there is no code, and who has left has none', async ({ store }) => {
    const ada = await join(store, 'Ada', 1)
    expect(await store.devices.setCode(hash(9), 'code', 1)).toBe(false)
    await store.devices.setCode(hash(1), 'code', 1)
    await store.sessions.leave(hash(1), 2)
    expect(await store.devices.findCode('ada')).toBeNull()
    const code = { id: ada.id, hash: 'code' }
    expect(await store.devices.recover(code, session(3), null)).toBeNull()
  })

  within('the next person with a name has nothing of the former one’s code', async ({ store }) => {
    await join(store, 'Ada', 1)
    await store.devices.setCode(hash(1), 'code', 1)
    await store.sessions.leave(hash(1), 2)
    await join(store, 'Ada', 2)
    expect(await store.devices.findCode('ada')).toBeNull()
  })
}

function testNames(within: Within): void {
  within('a name without a device is kept for its time, and then it is free', async (engine) => {
    const { store } = engine
    const ada = await join(store, 'Ada', 1)
    await store.sessions.sweep(times, 1)
    await store.devices.setCode(hash(1), 'code', 1)
    expect(await store.sessions.end(hash(1), 5 * dayMs)).toBe(true)
    for (let day = 1; day <= 96; day += 1) {
      const left = await store.sessions.sweep(times, day * dayMs)
      expect(left.map(({ user }) => user.id)).toEqual(day === 96 ? [ada.id] : [])
      const isTaken = 'refused' in (await store.users.join(newUser('Ada'), session(2), null))
      expect({ day, isTaken }).toEqual({ day, isTaken: day < 96 })
    }
  })

  within('a name that is kept for less time than a session ends the session', async (engine) => {
    const { store } = engine
    await join(store, 'Ada', 1)
    const short = { ...times, keepNamesMs: 3 * dayMs }
    for (const day of [0, 1, 2, 3]) {
      expect(await store.sessions.sweep(short, 1 + day * dayMs)).toEqual([])
    }
    expect((await store.sessions.sweep(short, 1 + 4 * dayMs)).length).toBe(1)
    expect(await store.sessions.findUser(hash(1))).toBeNull()
  })

  within('a device in use keeps the name; an unused one is signed out alone', async (engine) => {
    const { store } = engine
    const ada = await join(store, 'Ada', 1)
    await addDevice(store, 'Ada', 1, 2)
    for (let day = 0; day <= 200; day += 1) {
      await store.sessions.see(hash(2), 2 + day * dayMs)
      expect(await store.sessions.sweep(times, 2 + day * dayMs)).toEqual([])
    }
    expect(await store.sessions.findUser(hash(1))).toBeNull()
    expect(await store.sessions.findUser(hash(2))).toEqual(ada)
  })
}
