import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import { openSocket, type Person, signIn } from '../helpers/client'
import { sendFile } from '../helpers/files'
import { sendForm } from '../helpers/rooms'
import { sendRaw } from '../helpers/raw'
import { type RunningServer, startServer } from '../helpers/server'
import { formats, sweep } from './canary'
import { hideCanary, type Scene } from './canary-scene'
import { askAnything } from './fuzz/ask'
import { sayAnything } from './fuzz/frames'
import { record } from './fuzz/record'
import { below, type FaultTest, type Figures, unlike } from './promise'

type Size = {
  seed: number
  frames: number
  requests: number
  /** How many formats of each page are asked for, and by how many people. */
  formats: number
  prowlers: number
  /** The planted fault: the server writes down what is asked. */
  isChatty?: boolean
}

const small: Size = { seed: 21, frames: 300, requests: 100, formats: 1, prowlers: 1 }

/**
 * T21: after the sweep for secrets, the fuzz, and real faults in the middle of real requests, the
 * log holds nothing that anybody said, chose or is known by, and no line that is not ours.
 */
export const discreet: FaultTest<Size> = {
  id: 'P21',
  says: 'The log and the answers to errors hold no text, no names, no tokens and no source.',
  small,
  full: { seed: 21, frames: 20_000, requests: 5_000, formats: formats.length, prowlers: 3 },
  run,
  broken: (figures) => [
    ...unlike(figures, {
      canaryHits: 0,
      tokenHits: 0,
      nameHits: 0,
      forgedLines: 0,
      sourceLines: 0,
    }),
    ...below(figures, { faultsLogged: 3, faultsAnswered: 3 }),
  ],
  control: () => run({ ...small, frames: 0, requests: 0, isChatty: true }),
}

async function run({
  seed,
  frames,
  requests,
  formats: asked,
  prowlers,
  isChatty = false,
}: Size): Promise<Figures> {
  await using server = await startServer(isChatty ? chatty : {})
  const recording = await record(server)
  const scene = await hideCanary(server, false)
  const fewer = { ...scene, prowlers: scene.prowlers.slice(0, prowlers) }
  const probes = isChatty ? 0 : (await sweep(fewer, formats.slice(0, asked))).heard.probes
  const nosy = [await signIn(server, 'Nosyone'), await signIn(server, 'Nosytwo')]
  await nameCanaryEverywhere(scene, nosy)
  const listen = { hear: () => {}, seen: () => 0 }
  const fuzz = {
    server,
    people: [...nosy, await signIn(server, 'Nosythree')],
    recording,
    listen,
    seed,
  }
  if (frames > 0) await sayAnything({ ...fuzz, count: frames })
  if (requests > 0) await askAnything({ ...fuzz, count: requests })
  const errors = await breakInside(server, scene)
  const lines = server.log().split('\n')
  const tokens = [scene.ada, ...nosy].map(({ cookie }) => cookie.split('=')[1] ?? '')
  const names = ['Ada', 'Exile', 'Nosyone', 'Nosytwo', 'Nosythree']
  const countLines = (words: string[]): number =>
    lines.filter((line) => words.some((word) => line.includes(word))).length
  return {
    probes,
    frames,
    requests,
    logLines: lines.length,
    canaryHits: countLines(['CANARY']),
    tokenHits: countLines(tokens),
    nameHits: countLines(names),
    forgedLines: lines.filter((line) => !isOurs(line)).length,
    sourceLines: errors.filter((text) => /\.tsx?\b|node_modules|SQLITE|at \w+ \(/.test(text))
      .length,
    faultsLogged: countLines([' fault ']),
    faultsAnswered: errors.length,
  }
}

const chatty = { compiled: false, env: { BUN_OPTIONS: '--preload ./test/faults/chatty.ts' } }

const greeting = /^(Chatroom is listening on port \d+|  http:\S+|(Rate|Scan|The first person) .*)$/
const event = /^\d{4}-\d\d-\d\dT[\d:.]+Z [a-z.-]+(?: [a-z]+=(?:"(?:[^"\\]|\\.)*"|-?[\d.]+))*$/

/** A line of the log, of the greeting, or of the drawing in it. */
function isOurs(line: string): boolean {
  return greeting.test(line) || event.test(line) || /^[\s▀▄█]*$/.test(line)
}

/** Names, addresses, headers, forms and frames that hold the canary, right and wrong. */
async function nameCanaryEverywhere({ server }: Scene, [nosy, other]: Person[]): Promise<void> {
  if (nosy === undefined || other === undefined) throw new Error('two are nosy')
  const forged = `CANARY%0d%0a2026-01-01T00:00:00.000Z%20forged%0aCANARY`
  const paths = [`/${forged}`, `/rooms/${forged}`, `/search?q=${forged}`, `/static/${forged}`]
  for (const path of [...paths, `/attachments/${forged}`, `/rooms/1?before=${forged}`]) {
    const headers = { Cookie: nosy.cookie, 'User-Agent': 'CANARY', Referer: 'http://CANARY/' }
    await (await fetch(server.origin + path, { headers })).text()
    await (await fetch(server.origin + path, { method: 'POST', headers, body: 'CANARY' })).text()
  }
  const lines = [`Host: CANARY.example`, `Cookie: CANARY=CANARY`, 'Origin: http://CANARY.example']
  for (const line of lines) await sendRaw(server, `POST /CANARY HTTP/1.1\r\n${line}\r\n\r\nCANARY`)
  for (const nickname of ['CANARY', 'CANARY'.repeat(20), 'CANARY\r\nforged', 'CАNARY']) {
    await sendForm(server, other, '/profile', { nickname, avatar: 'CANARY' })
    await sendForm(server, other, '/rooms', { name: nickname, topic: nickname, kind: 'CANARY' })
  }
  await sendFile(server, nosy, 'CANARY', { name: 'CANARY\n.html', type: 'CANARY/CANARY' })
  await sendFile(server, nosy, new Uint8Array(), { name: 'CANARY', description: 'CANARY' })
  const socket = await openSocket(server, nosy)
  const fields = { type: 'CANARY', room: 'CANARY', client_id: 'CANARY\nCANARY', content: 'CANARY' }
  for (const type of ['CANARY', 'message.post', 'message.edit', 'resume', 'reaction.set', 'read']) {
    socket.send({ ...fields, type })
    socket.send({ ...fields, type, room: 1, seq: 'CANARY', emoji: 'CANARY', epoch: 'CANARY' })
  }
  await socket.taken()
  socket.send('{"CANARY')
  await Promise.race([socket.closed, socket.taken().catch(() => {})])
  await socket.close()
}

/** Takes a table away under the running server: what it answers to people then. */
async function breakInside(server: RunningServer, { ada }: Scene): Promise<string[]> {
  const db = new Database(join(server.data, 'chatroom.db'))
  db.run('PRAGMA busy_timeout = 5000')
  db.run('ALTER TABLE messages RENAME TO gone')
  db.close()
  const errors: string[] = []
  for (const path of ['/rooms/1', '/rooms/1/messages', '/rooms/1/changes', '/search?q=CANARY']) {
    for (const accept of ['text/html', 'application/json']) {
      const headers = { Cookie: ada.cookie, Accept: accept }
      const answer = await fetch(server.origin + path, { headers })
      if (answer.status === 500) errors.push(await answer.text())
    }
  }
  const said = { client_id: 'broken', content: 'CANARY in the middle' }
  const answer = await sendForm(server, ada, '/rooms/1/messages', said)
  if (answer.status >= 500) errors.push(await answer.text())
  return errors
}
