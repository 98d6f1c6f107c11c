import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type ChatClient, openSocket, signIn } from '../helpers/client'
import { type RunningServer, startServer } from '../helpers/server'
import { isFull } from '../helpers/size'
import { type ChatPage, enter, expectNoProblems } from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
let mei: ChatPage
const clients: ChatClient[] = []

beforeAll(async () => {
  server = await startServer()
  const racer = await signIn(server, 'Racer')
  for (let n = 0; n < 4; n += 1) clients.push(await openSocket(server, racer))
  ada = await enter(server.port, 'Ada', 'a')
  mei = await enter(server.port, '梅', 'b')
})

afterAll(async () => {
  for (const client of clients) await client.close()
  ada.close()
  mei.close()
  await server.dispose()
})

/** Everything one sees of the newest forty messages. */
const shown = `JSON.stringify([...document.querySelectorAll('#timeline > .msg')].slice(-40)
  .map((row) => [row.dataset.seq, row.dataset.revision, row.querySelector('.msg__body').innerText,
    row.querySelector('.quote')?.textContent ?? '', row.querySelector('.quote')?.className ?? '',
    ...[...row.querySelectorAll('.reaction')].map((chip) => chip.textContent)]))`

function change(client: ChatClient, type: string, seq: number, fields: object = {}): void {
  client.send({ type, room: 1, seq, client_id: crypto.randomUUID(), ...fields })
}

/** The page's own socket is kept where a test can close it. */
const keepSockets = `(() => {
  const Native = window.WebSocket
  window.WebSocket = class extends Native {
    constructor(...parts) {
      super(...parts)
      window.lastSocket = this
    }
  }
})()`

const rounds = isFull ? 100 : 40

async function race(round: number): Promise<void> {
  const [first] = clients
  if (first === undefined) throw new Error('there are four')
  const said = await first.post(1, `r-${round}`, `round ${round}`)
  const seq = said.type === 'accepted' ? said.seq : 0
  await first.post(1, `a-${round}`, `answer ${round}`, seq)
  const emoji = round % 2 === 0 ? '🎉' : '👍'
  for (const [n, client] of clients.entries()) {
    if (n === 0) change(client, 'message.edit', seq, { content: `**round** ${round}, changed` })
    if (n === 1) change(client, 'reaction.set', seq, { emoji, active: true })
    if (n === 2) change(client, 'reaction.set', seq, { emoji, active: round % 3 > 0 })
    if (n === 3 && round % 4 === 0) change(client, 'message.delete', seq)
  }
}

test('after races over one message, open, reconnected and new pages show the same', async () => {
  await mei.cdp('Page.addScriptToEvaluateOnNewDocument', { source: keepSockets })
  await mei.reload()
  for (let round = 0; round < rounds; round += 1) {
    await race(round)
    if (round === rounds / 2) await mei.evaluate('lastSocket.close()')
  }
  await clients[0]?.post(1, 'end', 'the end')
  for (const page of [ada, mei]) await page.sees('the end', 30_000)
  // The answers to the last changes come after the last message at the latest by the next beat.
  await Bun.sleep(500)
  const open = await ada.evaluate<string>(shown)
  const cut = await mei.evaluate<string>(shown)
  await ada.reload()
  const fresh = await ada.evaluate<string>(shown)
  expect(JSON.parse(fresh).length).toBe(40)
  expect(open).toBe(fresh)
  expect(cut).toBe(fresh)
})

test('nothing was reported against the policy', () => expectNoProblems(ada, mei))
