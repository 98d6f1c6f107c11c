import { expect, test } from 'bun:test'
import type { Chat } from '../../../src/chat/chat'
import { recallPage, readPage } from '../../../src/chat/messages/recall-page'
import { changeProfile } from '../../../src/chat/people/account'
import { serverLimits } from '../../../src/server/limits'
import { limits, textLimits } from '../../../src/shared/limits'
import { createPaths, setServerPaths } from '../../../src/shared/paths'
import type { RoomHead, User } from '../../../src/store/store'
import { chooseSeed, createRandom } from '../../helpers/random'
import { uploaded } from '../../store/attachments'
import { openEngine } from '../../store/engine'
import { append, hash, join } from '../../store/people'

test('a page from memory is the page that the store has, whatever changed', async () => {
  const seed = chooseSeed()
  const random = createRandom(seed)
  const engine = await openEngine()
  const { store } = engine
  const nothing = (): void => {}
  const presence = { rename: nothing }
  const chat = {
    store,
    paths: createPaths('/'),
    presence,
    publish: nothing,
    publishChanges: nothing,
  } as unknown as Chat
  const people = [await join(store, 'Ada', 1), await join(store, 'Grace', 2)]
  const pick = (): User =>
    people[random(people.length)] ?? { id: 0, nickname: '', avatar: '', mark: null }
  const change = async (step: number): Promise<unknown> => {
    const { id } = pick()
    const place = { room: 1, seq: 1 + random(step + 1), at: step }
    const emoji = ['🎉', '👍'][random(2)] ?? ''
    const names = ['Ada', 'Grace', 'Alan', 'Mei']
    switch (random(8)) {
      case 0:
        return store.messages.edit({
          ...place,
          author: id,
          content: `e ${step}`,
          mentions: () => [],
        })
      case 1:
        return store.messages.remove({ ...place, user: id })
      case 2:
        return store.messages.react({
          ...place,
          user: id,
          emoji,
          isActive: true,
          kindsMax: 9,
          reactionsMax: 9,
        })
      case 3: {
        const [user, nickname = ''] = [pick(), names[random(names.length)]]
        const wanted = { nickname, avatar: user.avatar, picture: '' }
        return changeProfile(
          chat,
          { user, tokenHash: hash(people.indexOf(user) + 1) },
          wanted,
        ).catch(nothing)
      }
      default:
        return append(store, pick(), { clientId: `m-${step}`, content: `said ${step}` })
    }
  }
  for (let step = 0; step < 300; step += 1) {
    await change(step)
    const head = await store.rooms.head(people[0]?.id ?? 0, 1)
    if (head === null) throw new Error('Ada is in the first room')
    await expectSame(chat, head, Math.max(0, head.revision - random(20)), { seed, step })
  }
  await engine.close()
}, 30_000)

test('pages of the largest messages are short enough for any reader, and miss none', async () => {
  const engine = await openEngine()
  const { store } = engine
  const chat = { store, paths: createPaths('/') } as unknown as Chat
  setServerPaths(chat.paths)
  const ada = await join(store, 'Ada', 1)
  const count = 40
  for (let n = 0; n < count; n += 1) {
    const attachments = Array.from({ length: limits.attachmentsMax }, (_, k) => ({
      ...uploaded(ada.id, n * 10 + k),
      name: '字'.repeat(120),
      description: '"'.repeat(textLimits.descriptionUnitsMax),
    }))
    for (const file of attachments) await store.attachments.add(file)
    const content = '&'.repeat(limits.messageUnitsMax)
    const ids = attachments.map(({ id }) => id)
    await append(store, ada, { clientId: `m-${n}`, content, attachments: ids })
  }
  const head = await store.rooms.head(ada.id, 1)
  if (head === null) throw new Error('Ada is in the first room')
  for (const subprotocol of ['html', 'json'] as const) {
    let seen = 0
    for (let page, from = 0; page === undefined || page.more; from = page.revision) {
      page = await readPage(chat, head, { after: 0, from, subprotocol })
      const bytes = page.frames.reduce((sum, frame) => sum + Buffer.byteLength(frame), 0)
      expect(bytes).toBeLessThan(serverLimits.outboundBytesMax)
      seen += page.frames.join('').split(/<article|"message"/).length - 1
    }
    expect(seen).toBe(count)
  }
  await engine.close()
})

/** Asks twice, so that the second answer comes from memory. */
async function expectSame(chat: Chat, head: RoomHead, after: number, where: object): Promise<void> {
  for (const subprotocol of ['html', 'json'] as const) {
    const reading = { after, from: after, subprotocol }
    const plain = await readPage(chat, head, reading)
    for (let n = 0; n < 2; n += 1) {
      expect({ ...where, ...(await recallPage(chat, head, reading)) }).toEqual({
        ...where,
        ...plain,
      })
    }
  }
}
