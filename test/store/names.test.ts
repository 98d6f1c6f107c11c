import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Store } from '../../src/store/store'
import { chooseSeed, createRandom } from '../helpers/random'
import { openEngine } from './engine'
import { append, newUser, session } from './people'

const names = ['Ada', 'Bob', 'Mei']
const day = 24 * 60 * 60 * 1000
const keepNamesMs = 90 * day
const unusedMs = 90 * day

/** A browser: its session's token, while it has one, and who it believes to be. */
type Browser = { token: Uint8Array; user: number | null }

type World = {
  store: Store
  random: (below: number) => number
  browsers: Browser[]
  /** Recovery codes that were made, by person. */
  codes: Map<number, string>
  at: number
  made: number
}

test('P25: a name is never held by two, and nobody speaks without one', async () => {
  const seed = chooseSeed()
  console.log(`seed ${seed}`)
  const { folder, store, close } = await openEngine()
  const db = new Database(join(folder, 'chatroom.db'), { readonly: true })
  const wrong = db.query(
    `SELECT 'held twice' AS fault, nickname_skeleton AS what FROM users
       WHERE left_at IS NULL GROUP BY 2 HAVING count(*) > 1
     UNION ALL SELECT 'here without a name', id FROM users
       WHERE left_at IS NULL AND (nickname_folded IS NULL OR nickname_skeleton IS NULL)
     UNION ALL SELECT 'left with a name', id FROM users
       WHERE left_at IS NOT NULL AND (nickname_folded IS NOT NULL OR nickname_skeleton IS NOT NULL)
     UNION ALL SELECT 'left with a session', user_id FROM sessions JOIN users ON users.id = user_id
       WHERE left_at IS NOT NULL`,
  )
  const random = createRandom(seed)
  const browsers = Array.from({ length: 6 }, () => ({ token: new Uint8Array(32), user: null }))
  const world: World = { store, random, browsers, codes: new Map(), at: 1_000 * day, made: 0 }
  for (let step = 1; step <= 600; step += 1) {
    const did = await act(world)
    expect({ seed, step, did, wrong: wrong.all() }).toEqual({ seed, step, did, wrong: [] })
  }
  db.close()
  await close()
})

/** Does one thing, at a later time, and gives what. */
async function act(world: World): Promise<string> {
  const { store, random, browsers, codes } = world
  world.at += random(4) === 0 ? random(40) * day : random(1_000)
  const { at } = world
  const browser = browsers[random(browsers.length)]
  const name = names[random(names.length)] ?? ''
  if (browser === undefined) throw new Error('six browsers')
  switch (random(7)) {
    case 0: {
      const joined = await store.users.join(
        { ...newUser(name), createdAt: at },
        newSession(world),
        browser.user === null ? null : browser.token,
      )
      if ('refused' in joined) return `${name} was taken`
      take(world, browser, joined.id)
      return `joined as ${name}`
    }
    case 1: {
      const profile = { ...newUser(name), face: null }
      const changed = await store.users.change(browser.token, profile, at)
      return 'refused' in changed ? `not renamed: ${changed.refused}` : `renamed to ${name}`
    }
    case 2:
      await store.sessions.leave(browser.token, at)
      return 'left for good'
    case 3:
      await store.sessions.end(browser.token, at)
      return 'logged out'
    case 4:
      await store.sessions.sweep({ unusedMs, keepNamesMs }, at)
      return 'swept'
    case 5: {
      if (browser.user === null) return 'nothing'
      const hash = `code ${at}`
      if (await store.devices.setCode(browser.token, hash, at)) codes.set(browser.user, hash)
      const [id, known] = [...codes][random(codes.size)] ?? [0, '']
      const back = await store.devices.recover({ id, hash: known }, newSession(world), null)
      if (back === null) return 'the code was of no use'
      expect(back.user.mark).not.toBe('left')
      take(world, browser, back.user.id)
      return `came back as ${back.user.nickname}`
    }
    default:
      return speak(world, browser)
  }
}

/** The author of an accepted message has a name at that moment, and it is theirs. */
async function speak({ store, at }: World, { token, user }: Browser): Promise<string> {
  if (user === null) return 'nothing'
  const author = await store.users.find(user)
  if (author === null) throw new Error('nobody is deleted')
  const fields = { clientId: `at-${at}`, content: 'Hello', createdAt: at, session: token }
  const outcome = await append(store, author, fields)
  const holder = await store.sessions.findUser(token)
  expect(outcome.status).toBe(holder === null ? 'refused' : 'accepted')
  if (outcome.status !== 'accepted') return 'was not heard'
  expect(holder?.id).toBe(user)
  expect(outcome.message.sender).toMatchObject({ nickname: holder?.nickname })
  expect(outcome.message.sender.mark).not.toBe('left')
  return 'spoke'
}

function newSession(world: World) {
  world.made += 1
  const tokenHash = new Uint8Array(new Uint32Array(8).fill(world.made).buffer)
  return { ...session(0, world.at), tokenHash }
}

function take(world: World, browser: Browser, user: number): void {
  browser.token = new Uint8Array(new Uint32Array(8).fill(world.made).buffer)
  browser.user = user
}
