import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type CuttingProxy, openCuttingProxy, type Refusal } from '../faults/proxy'
import { axeViolations } from '../helpers/browser'
import { openSocket, signIn } from '../helpers/client'
import { openDirect } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { someOf } from '../helpers/size'
import { type ChatPage, enter, expectTexts } from './pages/chat-page'

let server: RunningServer
let proxy: CuttingProxy
let ada: ChatPage
let grace: ChatPage

beforeAll(async () => {
  server = await startServer()
  proxy = await openCuttingProxy(server.port)
  proxy.refuseSockets('close')
  ada = await enter(proxy.port, 'Ada', 'a')
  grace = await enter(proxy.port, 'Grace', 'b')
})

afterAll(async () => {
  ada.close()
  grace.close()
  proxy.close()
  await server.dispose()
})

const said: string[] = []

async function say(page: ChatPage, other: ChatPage, text: string): Promise<void> {
  said.push(text)
  await page.send(text)
  await page.sees(text)
  await other.sees(text)
}

test('where a proxy ends every socket two people talk all the same, and are told', async () => {
  await say(ada, grace, 'By requests')
  await say(grace, ada, 'Both ways')
  await ada.part('#polled').shown()
  expect(await ada.part('#polled').text()).toContain('blocks live connections')
  expect(await ada.connection.isShown()).toBe(false)
  expect(await axeViolations(ada)).toEqual([])
})

test('an edit, and what was read, go the same way', async () => {
  await say(ada, grace, 'Typo hree')
  await ada.press('ArrowUp')
  await ada.messages.editor.shown()
  await ada.messages.editor.select()
  await ada.type('Typo here')
  await ada.press('Enter')
  await grace.sees('Typo here')
  said.splice(said.indexOf('Typo hree'), 1, 'Typo here')
  await grace.hasRead(1)
})

test('the first message of a conversation is counted, and heard', async () => {
  const person = await signIn(server, 'Linus')
  const linus = await openSocket(server, person)
  await ada.warmUp()
  await ada.waitFor(`document.querySelector('#volume :checked') !== null`, 'the bell')
  await ada.evaluate(`(() => {
    window.tones = 0
    const Tone = OscillatorNode
    window.OscillatorNode = function (...given) {
      window.tones += 1
      return new Tone(...given)
    }
  })()`)
  const direct = await openDirect(server, person, await ada.userId())
  await linus.post(direct, 'first', 'Only for you')
  await ada.waitFor('tones > 0', 'the sound')
  await ada.rail.room(direct).reads('1')
  await linus.close()
})

for (const how of someOf(['status', 'hang', 'second'] as Refusal[], 1)) {
  test(`nothing is lost or doubled while sockets get ${how}, nor afterwards`, async () => {
    proxy.refuseSockets(how)
    await say(ada, grace, `Ada with ${how}`)
    await say(grace, ada, `Grace with ${how}`)
    if (how === 'hang') return
    proxy.refuseSockets(null)
    await say(ada, grace, `Ada after ${how}`)
    await say(grace, ada, `Grace after ${how}`)
  })
}

test('all of it stands once, in one order, on both pages', async () => {
  proxy.refuseSockets(null)
  for (const page of [ada, grace]) {
    await page.evaluate(`dispatchEvent(new Event('online'))`)
    // An attempt that hangs is given up after ten seconds.
    await page.part('#polled').gone(30_000)
  }
  await expectTexts(grace, said)
  await expectTexts(ada, said)
})
