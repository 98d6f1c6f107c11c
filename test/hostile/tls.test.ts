import { afterAll, beforeAll, expect, test } from 'bun:test'
import { connect, type Socket } from 'node:net'
import { type ChatClient, openSocket, signIn } from '../helpers/client'
import { ask, type HttpsServer, startHttps } from '../helpers/https'
import { chooseSeed, createRandom } from '../helpers/random'
import { waitUntil } from '../helpers/wait'

process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'

let server: HttpsServer
/** Somebody who talks over HTTPS all the while. */
let ada: ChatClient
const open = new Set<Socket>()

beforeAll(async () => {
  server = await startHttps({ flags: ['--https'] })
  const secure = { origin: server.httpsOrigin }
  ada = await openSocket(secure, await signIn(secure, 'Ada'))
})
afterAll(async () => {
  for (const socket of open) socket.destroy()
  await ada.close()
  await server.dispose()
})

/** Sends bytes to the port of HTTPS over a bare connection, and leaves it open. */
function send(bytes: Uint8Array | string): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const socket = connect(server.httpsPort, '127.0.0.1', () => {
    socket.write(bytes)
    resolve(socket)
  })
  open.add(socket)
  socket.on('error', reject)
  socket.on('close', () => open.delete(socket))
  socket.resume()
  return promise
}

/** Others come in, and those who are there talk on. */
async function othersAreServed(id: string): Promise<void> {
  const { status } = await ask(`${server.httpsOrigin}/join`)
  const answer = await ada.post(1, id, `while ${id}`)
  expect([status, answer.type]).toEqual([200, 'accepted'])
  expect(server.log()).not.toMatch(/fault|uncaught|unhandled/)
}

function untilAllClosed(what: string): Promise<boolean> {
  return waitUntil(() => open.size === 0, what, 20_000)
}

const u16 = (size: number): number[] => [size >> 8, size & 0xff]

/** The first message of a handshake, with these extensions, in as many records as it takes. */
function clientHello(extensions: number[]): Uint8Array {
  const random = [...crypto.getRandomValues(new Uint8Array(32))]
  const ciphers = [0x13, 0x01, 0xc0, 0x2b]
  const body = [3, 3, ...random, 0, ...u16(ciphers.length), ...ciphers, 1, 0]
  const whole = [...body, ...u16(extensions.length), ...extensions]
  const message = [1, whole.length >> 16, ...u16(whole.length & 0xffff), ...whole]
  const records: number[] = []
  for (let at = 0; at < message.length; at += 16_000) {
    const part = message.slice(at, at + 16_000)
    records.push(22, 3, 1, ...u16(part.length), ...part)
  }
  return Uint8Array.from(records)
}

function serverNames(...names: number[][]): number[] {
  const list = names.flatMap((name) => [0, ...u16(name.length), ...name])
  return [0, 0, ...u16(list.length + 2), ...u16(list.length), ...list]
}

test('T1: what is no handshake ends its own connection only', async () => {
  const seed = chooseSeed()
  const random = createRandom(seed)
  const noise = (): Uint8Array => Uint8Array.from({ length: 1 + random(3_000) }, () => random(256))
  // A hello of which a byte is wrong.
  const bent = (): Uint8Array => {
    const hello = clientHello(serverNames([0x61]))
    hello[5 + random(hello.length - 5)] = random(256)
    return hello
  }
  try {
    const plain = 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'
    const all = [plain, plain.repeat(500), 'SSH-2.0-x\r\n', ...Array.from({ length: 100 }, noise)]
    for (const bytes of [...all, ...Array.from({ length: 100 }, bent)]) {
      const socket = await send(bytes)
      socket.end()
    }
    await othersAreServed('noise')
    await untilAllClosed('the server to close what is no handshake')
  } catch (fault) {
    throw new Error(`with SEED=${seed}`, { cause: fault })
  }
})

test('T2: a huge, an empty, a binary and a doubled server name are no way in', async () => {
  const name = (size: number): number[] => Array.from({ length: size }, () => 0x61)
  const odd = [name(60_000), name(0), [0], [...name(3), 0, ...name(3)], [0xff, 0xfe, 0x2e, 0x2e]]
  const lists = [
    ...odd.map((one) => [one]),
    [name(9), name(9)],
    Array.from({ length: 9_000 }, () => []),
  ]
  for (const list of lists) (await send(clientHello(serverNames(...list)))).end()
  await othersAreServed('names')
  await untilAllClosed('the server to close those with odd names')
})

test('T3: handshakes that never go on keep nobody out', async () => {
  const hello = clientHello(serverNames([0x61]))
  for (let n = 0; n < 300; n += 1) await send(hello.slice(0, n % 5 === 0 ? 0 : n % hello.length))
  await othersAreServed('waiting')
  expect(open.size).toBe(300)
})
