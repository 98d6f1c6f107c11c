import { afterEach, expect, spyOn, test } from 'bun:test'
import type { Chat } from '../../../src/chat/chat'
import { makeCode, recover } from '../../../src/chat/people/recovery'
import { openEngine } from '../../store/engine'
import { hash, join } from '../../store/people'

const verify = spyOn(Bun.password, 'verify')
afterEach(() => void verify.mockClear())

const marks = { browserHash: null, sessionBefore: null, address: 'here' }
const browser = {
  device: { browser: '', system: '', ...marks },
  current: null,
  address: 'here',
}

async function openHouse() {
  const engine = await openEngine()
  const chat = { store: engine.store, now: Date.now, closeSockets() {}, log() {} }
  return { engine, chat: chat as unknown as Chat }
}

test('a code is checked with as much work where there is none', async () => {
  const { engine, chat } = await openHouse()
  const ada = await join(engine.store, 'ada', 1)
  await join(engine.store, 'bob', 2)
  const code = await makeCode(chat, { user: ada, tokenHash: hash(1) }, 'here')
  for (const [nickname, typed] of [
    ['ada', 'ABCD-EFGH-JKMN-PQRS'],
    ['bob', code],
    ['eve', code],
  ] as const) {
    const tried = recover(chat, { nickname, code: typed }, browser)
    expect((await tried.catch((problem) => problem)).code).toBe('code_wrong')
  }
  const settings = verify.mock.calls.map(([, made]) => String(made).split('$').slice(1, 4).join())
  expect(settings).toEqual(Array.from({ length: 3 }, () => 'argon2id,v=19,m=19456,t=2,p=1'))
  expect((await recover(chat, { nickname: 'ada', code }, browser)).user).toEqual(ada)
  await engine.close()
})

test('a few codes are checked at once, and an address takes only a share', async () => {
  const { engine, chat } = await openHouse()
  const tries = Array.from({ length: 9 }, (_, n) => {
    const address = n < 8 ? 'here' : 'elsewhere'
    const typed = { nickname: 'eve', code: 'ABCD-EFGH-JKMN-PQRS' }
    return recover(chat, typed, { ...browser, address }).catch(({ code }) => String(code))
  })
  const codes = await Promise.all(tries)
  expect(codes.filter((code) => code === 'code_wrong').length).toBe(3)
  expect(codes.filter((code) => code === 'busy').length).toBe(6)
  expect(codes.at(-1)).toBe('code_wrong')
  await engine.close()
})
