import { beforeAll, expect, test } from 'bun:test'
import { type ChatClient, openSocket, type Person, signIn } from '../helpers/client'
import { makeRoom } from '../helpers/rooms'
import { serverForAll } from '../helpers/server'

const server = serverForAll()
const secret = 'the gardener'
const typed = `So it was ||${secret}|| all along`
const hidden = 'So it was █████ all along'
let ada: Person
let adas: ChatClient
let room: number

beforeAll(async () => {
  ada = await signIn(server(), 'Ada')
  adas = await openSocket(server(), ada)
  room = await makeRoom(server(), ada, 'Crime')
  await adas.post(room, 'a', typed)
  await adas.post(room, 'b', 'I knew it', 1)
})

async function get(path: string): Promise<string> {
  const headers = { Cookie: ada.cookie, Accept: 'text/html', 'Accept-Language': 'en' }
  return (await fetch(server().origin + path, { headers })).text()
}

/** Without what is hidden until it is pressed, and what is there to be copied. */
function seen(html: string): string {
  return html.replace(/<label class="spoiler">.*?<\/label>| data-source="[^"]*"/g, '')
}

test('the text of a spoiler waits in its message, and is in no quote of it', async () => {
  const page = await get(`/rooms/${room}`)
  expect(page).toContain(`aria-labelledby="spoiler"/><span>${secret}</span>`)
  expect(seen(page)).not.toContain(secret)
  expect(page).toContain(hidden)
})

test('a search finds the message without telling, also beside another that was found', async () => {
  for (const words of ['gardener', 'along', 'knew']) {
    const found = await get(`/search?q=${words}`)
    expect(found).toContain('█████')
    expect(found).not.toContain(secret)
  }
})

test('an export as a page hides it, one as a text keeps its signs', async () => {
  const page = await get(`/rooms/${room}/export.html`)
  expect(seen(page)).not.toContain(secret)
  expect(page).toContain(`<span>${secret}</span>`)
  const lines = (await get(`/rooms/${room}/export.txt`)).split('\n')
  expect(lines.filter((line) => line.includes(secret))).toEqual([expect.stringContaining(typed)])
  expect(lines.filter((line) => line.includes(`> Ada: ${hidden}`)).length).toBe(1)
})
