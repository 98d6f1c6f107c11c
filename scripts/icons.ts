import { join } from 'node:path'
import { openBrowserPage } from '../test/helpers/browser'
import { openSocket, signIn } from '../test/helpers/client'
import { startServer } from '../test/helpers/server'

/**
 * Makes the pictures that an installed Chatroom needs, in static/: icons of the drawings there, a
 * badge, and two pictures of a room. Run when a drawing has changed.
 */
const folder = join(import.meta.dir, '..', 'static')
const icon = await drawing('icon.svg')
const maskable = await drawing('icon-maskable.svg')
// Systems show a badge as a shape of one colour: the strokes alone.
const badge = icon.replace(/<rect[^>]*>/, '').replace('viewBox="0 0 64 64"', 'viewBox="6 6 52 52"')

const page = await openBrowserPage()
await draw('icon-192.png', icon, 192)
await draw('icon-512.png', icon, 512)
await draw('icon-maskable-512.png', maskable, 512)
await draw('badge-96.png', badge, 96)
await showRoom()
page.close()

function drawing(file: string): Promise<string> {
  return Bun.file(join(folder, file)).text()
}

async function draw(file: string, svg: string, pixels: number): Promise<void> {
  const sized = svg.replace('<svg ', `<svg width="${pixels}" height="${pixels}" `)
  const source = `data:image/svg+xml;base64,${Buffer.from(sized).toString('base64')}`
  const url = await page.evaluate<string>(`(async () => {
    const image = new Image()
    image.src = ${JSON.stringify(source)}
    await image.decode()
    const canvas = new OffscreenCanvas(${pixels}, ${pixels})
    canvas.getContext('2d').drawImage(image, 0, 0)
    const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())
    return bytes.toBase64()
  })()`)
  await Bun.write(join(folder, file), Buffer.from(url, 'base64'))
}

/** A room in which people talk, as a wide and as a narrow screen shows it. */
async function showRoom(): Promise<void> {
  await using server = await startServer()
  const people = { '梅 Mei': 'boat', Tomás: 'moon', Noor: 'leaf' }
  const said: [name: keyof typeof people, text: string][] = [
    ['Tomás', 'The new ferry timetable is out ⛴️'],
    ['梅 Mei', 'Saturday, then? **Pier 4**, bring a jacket.'],
    ['Noor', 'I can take two in the car.'],
    ['梅 Mei', 'At nine. 九点，别迟到 😄'],
    ['Tomás', 'I will be there, too.'],
  ]
  const sockets = new Map<string, Awaited<ReturnType<typeof openSocket>>>()
  for (const [name, avatar] of Object.entries(people))
    sockets.set(name, await openSocket(server, await signIn(server, name, avatar)))
  await page.goto(`http://a.localhost:${server.port}/`)
  await page.waitFor(`document.querySelector('#sign-in[open] #nickname')`, 'the sign-in dialog')
  await page.type('Ada')
  await page.press('Enter')
  await page.waitFor(`document.querySelector('#send')?.hasAttribute('title')`, 'the room')
  for (const [n, [name, text]] of said.entries()) await sockets.get(name)?.post(1, `s-${n}`, text)
  await page.waitFor(`document.querySelectorAll('#timeline .msg').length >= 5`, 'the messages')
  for (const [file, width, height] of [
    ['screen-wide.webp', 1280, 720],
    ['screen-narrow.webp', 540, 960],
  ] as const) {
    await page.emulate({ dark: false, width, height })
    await page.settled()
    const parameters = { format: 'webp', quality: 60 }
    const { data } = (await page.cdp('Page.captureScreenshot', parameters)) as { data: string }
    await Bun.write(join(folder, file), Buffer.from(data, 'base64'))
  }
}
