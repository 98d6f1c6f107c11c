import { openBrowserPage } from '../test/helpers/browser'
import { openSocket, signIn } from '../test/helpers/client'
import { startServer } from '../test/helpers/server'

/**
 * Makes docs/room.webp: two people talk, one of them in a real browser, as an animated picture.
 * Chinese text needs a font that has it.
 */
const size = { width: 960, height: 560 }
const frames: { webp: Buffer; ms: number }[] = []

await using server = await startServer()
const mei = await openSocket(server, await signIn(server, '梅 Mei', 'boat'))
const tomas = await openSocket(server, await signIn(server, 'Tomás', 'moon'))
const page = await openBrowserPage(size)
await page.emulate(size)
await page.goto(`http://a.localhost:${server.port}/`)
await page.waitFor(`document.querySelector('#sign-in[open] #nickname')`, 'the sign-in dialog')
await page.type('Ada')
await page.press('Enter')
await page.waitFor(`document.querySelector('#send')?.hasAttribute('title')`, 'the room')

let posted = 0
const post = (person: typeof mei, content: string, replyTo?: number): Promise<unknown> =>
  person.post(1, `picture-${(posted += 1)}`, content, replyTo)
const typing = (active: boolean): void => mei.send({ type: 'typing', room: 1, active })

await post(tomas, 'The new ferry timetable is out ⛴️')
await post(mei, 'Saturday, then? **Pier 4**, bring a jacket.')
await take(900)
for (const text of ['Yes! When', 'Yes! When does it', 'Yes! When does it leave?']) {
  await page.evaluate(`(document.querySelector('#content').value = '', 0)`)
  await page.type(text)
  await take(text.endsWith('?') ? 500 : 200)
}
await page.press('Enter')
await take(700)
typing(true)
await take(1_100)
typing(false)
await post(mei, 'At nine. 九点，别迟到 😄', 3)
await take(1_200)
mei.send({ type: 'reaction.set', room: 1, seq: 3, emoji: '👍', active: true, client_id: 'r-1' })
await take(700)
await post(tomas, 'I will be there, too.')
await take(2_600)
page.close()

await Bun.write('docs/room.webp', animation(frames))

/** What is on the screen, for so many milliseconds. */
async function take(ms: number): Promise<void> {
  await Bun.sleep(500)
  const parameters = { format: 'webp', quality: 82 }
  const { data } = (await page.cdp('Page.captureScreenshot', parameters)) as { data: string }
  frames.push({ webp: Buffer.from(data, 'base64'), ms })
}

/** Takes still WebP pictures of one size; gives one that moves (RIFF: VP8X, ANIM, an ANMF each). */
function animation(stills: typeof frames): Buffer {
  const header = Buffer.concat([Buffer.from([2, 0, 0, 0]), uint24(size.width - 1, size.height - 1)])
  const forEver = Buffer.from([255, 255, 255, 255, 0, 0])
  const moving = stills.map(({ webp, ms }) => {
    const place = uint24(0, 0, size.width - 1, size.height - 1, ms)
    return chunk('ANMF', Buffer.concat([place, Buffer.from([2]), imageOf(webp)]))
  })
  const body = [Buffer.from('WEBP'), chunk('VP8X', header), chunk('ANIM', forEver), ...moving]
  return chunk('RIFF', Buffer.concat(body))
}

/** The chunk with the picture itself, behind the 12 bytes of the file's own header. */
function imageOf(webp: Buffer): Buffer {
  for (let at = 12; at < webp.length;) {
    const end = at + 8 + webp.readUInt32LE(at + 4)
    const kind = webp.toString('latin1', at, at + 4)
    if (kind === 'VP8 ' || kind === 'VP8L') return webp.subarray(at, end + (end % 2))
    at = end + (end % 2)
  }
  throw new Error('a screenshot without a picture')
}

function chunk(kind: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.write(kind, 'latin1')
  head.writeUInt32LE(data.length, 4)
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)])
}

function uint24(...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 3)
  for (const [n, number] of numbers.entries()) bytes.writeUIntLE(number, n * 3, 3)
  return bytes
}
