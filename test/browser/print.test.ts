import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openSocket, signIn } from '../helpers/client'
import { chooseSeed, createRandom } from '../helpers/random'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, enter, expectNoProblems } from './pages/chat-page'

let server: RunningServer
let ada: ChatPage

/** A dark page, with more messages than fit, one of them folded. */
beforeAll(async () => {
  server = await startServer()
  ada = await enter(server.port, 'Ada', 'a')
  const line = await openSocket(server, await signIn(server, 'Mei'))
  for (let n = 0; n < 40; n += 1) {
    await line.post(1, `p-${n}`, n === 10 ? 'A long story. '.repeat(300) : `Message ${n}`)
  }
  await ada.sees('Message 39')
  await ada.emulate({ dark: true, width: 1280, height: 800 })
  await ada.cdp('Emulation.setEmulatedMedia', { media: 'print' })
})

afterAll(async () => {
  ada.close()
  await server.dispose()
})

test('all loaded messages are printed whole, and nothing to be pressed is', async () => {
  const seed = chooseSeed()
  console.log(`seed ${seed}`)
  const random = createRandom(seed)
  const seen = `(() => {
    const isWhole = (element) => element.scrollHeight <= element.clientHeight + 1
    const shown = (selector) =>
      [...document.querySelectorAll(selector)].filter((element) => element.checkVisibility())
    return {
      rows: shown('#timeline .msg').length,
      // Paper has no scrolling: each box is as high as what is in it.
      isWhole: [...shown('body, .app, .chat, #log'), ...shown('.msg__body')].every(isWhole),
      pressed: shown('button, input, textarea, .rail, .top').map((element) => element.outerHTML),
    }
  })()`
  for (let n = 0; n < 5; n += 1) {
    const [width, height] = [320 + random(1_000), 180 + random(900)]
    await ada.cdp('Emulation.setDeviceMetricsOverride', {
      ...{ width, height, deviceScaleFactor: 1, mobile: false },
    })
    const about = { seed, width, height }
    expect({ about, ...(await ada.evaluate<object>(seen)) }).toEqual({
      ...{ about, rows: 40, isWhole: true, pressed: [] },
    })
  }
})

test('a dark page is printed in dark ink', async () => {
  const ink = await ada.part('.msg__body').ask((body) => getComputedStyle(body).color)
  const [light = 1] = ink.match(/[\d.]+/) ?? []
  expect(Number(light)).toBeLessThan(0.5)
})

test('nothing was reported against the policy', () => expectNoProblems(ada))
