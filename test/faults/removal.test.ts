import { expect, test } from 'bun:test'
import { openSocket, readJson, signIn } from '../helpers/client'
import { makeRoom, sendForm } from '../helpers/house'
import { startServer } from '../helpers/server'

/** Somebody with three tabs is put out while 50 messages a second flow (T8). */
test('after the removal nothing that was said later reaches any of three tabs', async () => {
  await using server = await startServer()
  const ada = await signIn(server, 'Ada')
  const bob = await signIn(server, 'Bob')
  const room = await makeRoom(server, ada, 'Council', 'closed')
  const owner = await openSocket(server, ada)
  const tabs = await Promise.all([
    openSocket(server, bob),
    openSocket(server, bob),
    openSocket(server, bob, { subprotocol: 'chatroom.html' }),
  ])
  const user = String(tabs[0]?.hello.user.id)
  await sendForm(server, ada, `/rooms/${room}/members`, { user })
  let isFlowing = true
  const sent: Promise<unknown>[] = []
  const flow = (async () => {
    for (let n = 0; isFlowing; n += 1) {
      sent.push(owner.post(room, `flow-${n}`, `said ${n}`))
      await Bun.sleep(20)
    }
  })()
  await Bun.sleep(1_000)
  // One tab asks for everything again and again: replays must stop, too.
  const asking = setInterval(() => tabs[1]?.resume(room, 0), 20)
  const answer = await sendForm(server, ada, `/rooms/${room}/members/remove`, { user })
  expect(answer.status).toBe(303)
  // Whatever is acknowledged from here on was committed after the removal.
  const last = await owner.post(room, 'after-the-removal', 'He is gone')
  const border = last.type === 'accepted' ? last.seq : 0
  expect(border).toBeGreaterThan(20)
  await Bun.sleep(1_000)
  isFlowing = false
  clearInterval(asking)
  await flow
  await Promise.all(sent)
  for (const tab of tabs) {
    const seqs = tab.heard.flatMap((item) =>
      (item.type === 'message' || item.type === 'row') && item.room === room ? [item.seq] : [],
    )
    expect(seqs.length).toBeGreaterThan(10)
    expect(seqs.filter((seq) => seq >= border)).toEqual([])
    expect(tab.heard.some((item) => item.type === 'room.left' && item.room === room)).toBe(true)
  }
  for (const path of [`/rooms/${room}`, `/rooms/${room}/messages`, `/rooms/${room}/changes`]) {
    expect(readJson(server, bob, path)).rejects.toThrow('404')
  }
  const again = await openSocket(server, bob)
  expect(again.hello.rooms.map(({ id }) => id)).not.toContain(room)
  for (const socket of [owner, ...tabs, again]) await socket.close()
})
