import { expect, test } from 'bun:test'
import { history, type Person, signIn } from '../helpers/client'
import { basePath, originOf, serverForAll } from '../helpers/server'

const server = serverForAll()

type Sent = { body: BodyInit; headers?: Record<string, string>; path?: string }

async function post(person: Person, { body, headers, path }: Sent): Promise<Response> {
  return fetch(server().origin + (path ?? '/rooms/1/messages'), {
    method: 'POST',
    redirect: 'manual',
    headers: { Cookie: person.cookie, Origin: originOf(server()), ...headers },
    body,
  })
}

const json = { 'Content-Type': 'application/json' }

test('a browser without JavaScript posts with a form and returns to the room', async () => {
  const person = await signIn(server(), 'Lynx')
  const page = await (
    await fetch(`${server().origin}/rooms/1`, { headers: { Cookie: person.cookie } })
  ).text()
  const client_id = /name="client_id" value="([^"]+)"/.exec(page)?.[1] ?? ''
  // A page that renewed itself would take away what is being written: only who asks gets it.
  expect(page).not.toContain('http-equiv="refresh"')
  const renewing = await fetch(`${server().origin}/rooms/1?renew`, {
    headers: { Cookie: person.cookie },
  })
  expect(await renewing.text()).toContain('http-equiv="refresh" content="30"')
  const form = new URLSearchParams({ client_id, content: 'one\r\ntwo' })
  const first = await post(person, { body: form })
  expect(first.status).toBe(303)
  expect(first.headers.get('location')).toBe(`${basePath()}/rooms/1#composer`)
  // The button pressed twice, or the page sent again by Reload.
  expect((await post(person, { body: form })).status).toBe(303)
  const said = (await history(server(), person, 1)).filter((each) => each.client_id === client_id)
  expect(said.map(({ content }) => content)).toEqual(['one\ntwo'])
})

test('a refused form comes back with its text and a reason', async () => {
  const person = await signIn(server(), 'Opera')
  const content = `</textarea><script>alert(1)</script>${'x'.repeat(8_000)}`
  const answer = await post(person, {
    body: new URLSearchParams({ client_id: 'long', content }),
  })
  const page = await answer.text()
  expect(answer.status).toBe(422)
  expect(page).toContain('This message is too long.')
  expect(page).toContain(`&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;xxx`)
  expect(page).not.toContain('<script>')
  expect(await history(server(), person, 1)).not.toContainEqual(
    expect.objectContaining({ client_id: 'long' }),
  )
})

test('a script posts JSON and gets the same answers as on the socket', async () => {
  const person = await signIn(server(), 'Curl')
  const body = JSON.stringify({ client_id: 'curl-1', content: 'by HTTP' })
  const answer = await post(person, { body, headers: json })
  expect(answer.status).toBe(201)
  const accepted = await answer.json()
  expect(accepted).toMatchObject({ type: 'accepted', client_id: 'curl-1', room: 1 })
  const changed = JSON.stringify({ client_id: 'curl-1', content: 'something else' })
  expect(await (await post(person, { body: changed, headers: json })).json()).toEqual({
    ...accepted,
    already_sent_as: 'by HTTP',
  })
  const empty = await post(person, { body: '{"client_id":"e","content":" "}', headers: json })
  expect(empty.status).toBe(422)
})

test('a body that is not a message is refused with a sentence', async () => {
  const person = await signIn(server(), 'Fuzz')
  const bodies = ['', '{', 'null', '[]', '42', '"x"', '{}', '{"client_id":{}}', '{"content":1}']
  for (const body of bodies) {
    const answer = await post(person, { body, headers: json })
    const { reason } = Object.assign({ reason: '' }, await answer.json())
    expect({ body, status: answer.status }).toEqual({ body, status: 400 })
    expect(reason).toEndWith('.')
  }
  const attached = '{"client_id":"a","content":"x","attachments":[1]}'
  expect((await post(person, { body: attached, headers: json })).status).toBe(422)
  const plain = { 'Content-Type': 'text/plain' }
  expect((await post(person, { body: '{}', headers: plain })).status).toBe(415)
  const broken = { 'Content-Type': 'multipart/form-data; boundary=x' }
  expect((await post(person, { body: '--x', headers: broken })).status).toBe(400)
})

test('a form of a thousand odd fields is only a form', async () => {
  const person = await signIn(server(), 'Many')
  const form = new FormData()
  for (let n = 0; n < 1_000; n += 1) form.append(`field-${n}`, 'x')
  form.append('__proto__', 'polluted')
  form.append('_method', 'DELETE')
  form.append('content', new Blob(['a file, not a text']))
  const answer = await post(person, { body: form })
  expect(answer.status).toBe(400)
  expect(await (await fetch(`${server().origin}/healthz`)).text()).toBe('ok')
})

test('a body beyond the limit is refused before it is read', async () => {
  const person = await signIn(server(), 'Heavy')
  const body = JSON.stringify({ client_id: 'heavy', content: 'x'.repeat(200 * 1024) })
  const answer = await post(person, { body, headers: json })
  expect(answer.status).toBe(413)
  const endless = new ReadableStream({
    pull(controller) {
      controller.enqueue(new Uint8Array(64 * 1024).fill(120))
    },
  })
  const cut = await post(person, { body: endless, headers: json }).catch(() => null)
  expect([413, undefined]).toContain(cut?.status)
  expect(await (await fetch(`${server().origin}/healthz`)).text()).toBe('ok')
})
