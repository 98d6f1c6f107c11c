import { afterAll, beforeAll, expect, test } from 'bun:test'
import { chooseSeed, createRandom } from '../helpers/random'
import { openSocket, signIn } from '../helpers/client'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, enter } from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
let script: Awaited<ReturnType<typeof openSocket>>

beforeAll(async () => {
  server = await startServer()
  const robot = await signIn(server, 'Robot')
  script = await openSocket(server, robot)
  for (let n = 1; n <= 60; n += 1) await script.post(1, `m-${n}`, `message ${n}`)
  ada = await enter(server.port, 'Ada', 'a')
  await ada.warmUp()
})

afterAll(async () => {
  script.close()
  ada.close()
  await server.dispose()
})

test('whatever grows or shrinks, the end is kept until the reader leaves it', async () => {
  const seed = chooseSeed()
  console.log(`the end: SEED=${seed}`)
  const random = createRandom(seed)
  const noise = Array.from({ length: 60 }, () => [random(3), random(500), random(500)])
  // Within one frame: something goes, is laid out, and something else comes.
  const lost = await ada.evaluate<number[][]>(`(async () => {
    const [log, list] = ['log', 'timeline'].map((id) => document.getElementById(id))
    const parts = [list.children[list.children.length - 3], log, list.lastElementChild]
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
    const lost = []
    for (const [kind, before, after] of ${JSON.stringify(noise)}) {
      const part = parts[kind]
      for (const px of [before, after]) {
        part.style.paddingBlockEnd = px + 'px'
        void log.scrollTop
        if (px === before && kind === 2) await frame()
      }
      await frame()
      await frame()
      if (log.scrollHeight - log.scrollTop - log.clientHeight > 1) lost.push([kind, before, after])
    }
    for (const part of parts) part.removeAttribute('style')
    return lost
  })()`)
  if (lost.length) console.log(JSON.stringify(lost), JSON.stringify(noise))
  expect({ seed, lost }).toEqual({ seed, lost: [] })
  // A reader who turns the wheel leaves it, also while the list grows.
  await ada.evaluate(`(() => {
    const list = document.getElementById('timeline')
    let px = 0
    window.growing = setInterval(() => (list.style.paddingBlockEnd = (px += 3) + 'px'), 5)
  })()`)
  const wheel = { type: 'mouseWheel', x: 640, y: 400, deltaX: 0, deltaY: -300 }
  await ada.cdp('Input.dispatchMouseEvent', wheel)
  await ada.waitFor(
    `${ada.messages.log.js}.scrollHeight - ${ada.messages.log.js}.scrollTop >
    ${ada.messages.log.js}.clientHeight + 250`,
    'the place above the end',
  )
  await ada.evaluate(`(clearInterval(window.growing),
    document.getElementById('timeline').removeAttribute('style'))`)
  await ada.settled()
  expect(await ada.messages.belowEnd()).toBeGreaterThan(100)
})
