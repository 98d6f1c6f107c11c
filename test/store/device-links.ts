import { expect } from 'bun:test'
import type { NewClaim, Store } from '../../src/store/store'
import type { Within } from './contract'
import { hash, join, session } from './people'

const lifeMs = 10 * 60_000

const claimed = (link: number, claim: number, at = 10): NewClaim => ({
  linkHash: hash(link),
  claimHash: hash(claim),
  browser: 'Chrome',
  system: 'Android',
  number: 482,
  at,
})

/** A link of the session, claimed and allowed. */
async function allowed(store: Store, acting: number, link: number, claim: number, at = 10) {
  await store.deviceLinks.make(hash(acting), hash(link), at)
  await store.deviceLinks.claim(claimed(link, claim, at))
  expect(await store.deviceLinks.allow(hash(acting), hash(claim), at)).toBe(true)
}

/** What the contract says of links that add a device. */
export function testDeviceLinks(within: Within): void {
  testLife(within)
  testAuthority(within)
}

function testLife(within: Within): void {
  within('a link is for the first browser, once its person has allowed it', async ({ store }) => {
    const ada = await join(store, 'Ada', 1)
    const { deviceLinks } = store
    expect(await deviceLinks.make(hash(1), hash(20), 10)).toBe(true)
    expect(await deviceLinks.find(hash(20), 10)).toEqual(ada)
    expect(await deviceLinks.ofSession(hash(1), 10)).toEqual({ claim: null })
    const tries = [30, 31, 32].map((n) => deviceLinks.claim(claimed(20, n)))
    const won = (await Promise.all(tries)).filter((one) => one !== null)
    expect(won).toEqual([{ user: ada.id, session: hash(1) }])
    expect(await deviceLinks.find(hash(20), 10)).toBeNull()
    const claim = { hash: hash(30), browser: 'Chrome', system: 'Android', number: 482 }
    expect(await deviceLinks.waiting(hash(30), 10)).toEqual({
      user: ada,
      claim: { ...claim, isAllowed: false },
    })
    expect(await deviceLinks.enter(hash(30), session(2, 11), null)).toBeNull()
    expect(await deviceLinks.allow(hash(1), hash(30), 11)).toBe(true)
    const entries = [2, 3].map((n) => deviceLinks.enter(hash(30), session(n, 12), null))
    expect((await Promise.all(entries)).filter((one) => one !== null)).toEqual([
      { user: ada, maker: hash(1), ended: [] },
    ])
    expect(await store.sessions.findUser(hash(2))).toEqual(ada)
    expect(await deviceLinks.ofSession(hash(1), 12)).toBeNull()
  })

  within('ten minutes after it was made nothing comes of a link', async ({ store }) => {
    const { deviceLinks } = store
    await join(store, 'Ada', 1)
    for (const late of [10 + lifeMs + 1, 10 - lifeMs - 1]) {
      await deviceLinks.make(hash(1), hash(20), 10)
      expect(await deviceLinks.find(hash(20), 10 + lifeMs)).not.toBeNull()
      expect(await deviceLinks.find(hash(20), late)).toBeNull()
      expect(await deviceLinks.claim(claimed(20, 30, late))).toBeNull()
      await deviceLinks.claim(claimed(20, 30))
      expect(await deviceLinks.waiting(hash(30), late)).toBeNull()
      expect(await deviceLinks.ofSession(hash(1), late)).toBeNull()
      expect(await deviceLinks.allow(hash(1), hash(30), late)).toBe(false)
      expect(await deviceLinks.allow(hash(1), hash(30), 10)).toBe(true)
      expect(await deviceLinks.enter(hash(30), session(2, late), null)).toBeNull()
    }
  })

  within('the session that the browser had ends, and no name with it', async ({ store }) => {
    const ada = await join(store, 'Ada', 1)
    await join(store, 'Eve', 2)
    await allowed(store, 1, 20, 30)
    expect(await store.deviceLinks.enter(hash(30), session(3, 11), hash(2))).not.toBeNull()
    expect(await store.sessions.findUser(hash(2))).toBeNull()
    expect(await store.users.isNameFree('eve', 'eve')).toBe(false)
    expect(await store.sessions.findUser(hash(3))).toEqual(ada)
  })
}

function testAuthority(within: Within): void {
  within('a link ends with its session, its token and its person', async ({ store }) => {
    const ends: ((n: number) => Promise<unknown>)[] = [
      (n) => store.sessions.end(hash(n), 11),
      (n) => store.sessions.leave(hash(n), 11),
      (n) => store.sessions.renew(hash(n), session(n + 100, 11)),
    ]
    for (const [n, end] of ends.entries()) {
      const acting = n + 1
      await join(store, `Ada${n}`, acting)
      await allowed(store, acting, 20 + n, 30 + n)
      await end(acting)
      expect(await store.deviceLinks.waiting(hash(30 + n), 11)).toBeNull()
      expect(await store.deviceLinks.enter(hash(30 + n), session(50 + n, 12), null)).toBeNull()
      expect(await store.deviceLinks.make(hash(acting), hash(40 + n), 12)).toBe(false)
    }
  })

  within('only the session that made a link answers for it or ends it', async ({ store }) => {
    const { deviceLinks } = store
    await join(store, 'Ada', 1)
    await join(store, 'Eve', 2)
    await allowed(store, 1, 20, 30)
    await deviceLinks.enter(hash(30), session(3, 11), null)
    await deviceLinks.make(hash(1), hash(21), 12)
    await deviceLinks.claim(claimed(21, 31, 12))
    for (const other of [2, 3, 9]) {
      expect(await deviceLinks.allow(hash(other), hash(31), 12)).toBe(false)
      expect(await deviceLinks.end(hash(other), hash(31))).toBe(false)
      expect(await deviceLinks.ofSession(hash(other), 12)).toBeNull()
    }
    // A claim that is not on the link any more is neither allowed nor refused.
    expect(await deviceLinks.allow(hash(1), hash(30), 12)).toBe(false)
    for (const claim of [null, hash(30)]) expect(await deviceLinks.end(hash(1), claim)).toBe(false)
    expect(await deviceLinks.end(hash(1), hash(31))).toBe(true)
    expect(await deviceLinks.waiting(hash(31), 12)).toBeNull()
  })
}
