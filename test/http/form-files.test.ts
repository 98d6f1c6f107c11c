import { expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Address, history, type Person, signIn } from '../helpers/client'
import { fetchAs, joined, png } from '../helpers/files'
import { openLine } from '../helpers/raw'
import { serverForAll, startServer } from '../helpers/server'
import { waitUntil } from '../helpers/wait'

const server = serverForAll({ flags: ['--max-upload', '1MB'] })
const megabyte = 1024 * 1024

type Field = [name: string, value: string | Uint8Array<ArrayBuffer>, fileName?: string]

/** A form as browsers write it. */
function form(fields: Field[], end = '--mark--\r\n'): Uint8Array<ArrayBuffer> {
  const parts = fields.map(([name, value, fileName]) => {
    const file = fileName === undefined ? '' : `; filename="${fileName}"\r\nContent-Type: x/y`
    const head = `--mark\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`
    return joined(Buffer.from(head), Buffer.from(value), Buffer.from('\r\n'))
  })
  return joined(...parts, Buffer.from(end))
}

async function post(
  person: Person,
  body: BodyInit,
  type = 'boundary=mark',
  { origin }: Address = server(),
): Promise<Response> {
  return fetch(`${origin}/rooms/1/messages`, {
    method: 'POST',
    redirect: 'manual',
    keepalive: false,
    headers: {
      Cookie: person.cookie,
      Origin: origin,
      'Accept-Language': 'en',
      'Content-Type': `multipart/form-data; ${type}`,
    },
    body,
  })
}

const kept = (): number =>
  readdirSync(join(server().data, 'files'), { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name !== 'belongs-to',
  ).length

async function said(person: Person, clientId: string) {
  return (await history(server(), person, 1)).filter((each) => each.client_id === clientId)
}

/** The same bytes in pieces of these lengths, in turns. */
function inPieces(bytes: Uint8Array<ArrayBuffer>, lengths: number[]): ReadableStream {
  let [at, n] = [0, 0]
  return new ReadableStream({
    pull(controller) {
      const length = lengths[n % lengths.length] ?? 1
      controller.enqueue(bytes.subarray(at, at + length))
      at += length
      n += 1
      if (at >= bytes.length) controller.close()
    },
  })
}

test('a form without JavaScript posts text and files, however it is cut into chunks', async () => {
  const ada = await signIn(server(), 'Ada')
  const noise = crypto.getRandomValues(new Uint8Array(3_000))
  const tricky = joined(noise, Buffer.from('\r\n--mar\r\n--\r\n-\r\n--mark'.slice(0, -1)), noise)
  for (const [n, lengths] of [[100_000], [1], [7, 1, 2, 3], [1_024, 5]].entries()) {
    const body = form([
      ['client_id', `cut-${n}`],
      ['content', 'one\r\ntwo 梅'],
      ['files', tricky, '报告 %22终%22.bin'],
      ['files', png(3, 2), 'dot.png'],
      ['files', '', ''],
    ])
    const answer = await post(ada, inPieces(body, lengths))
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/rooms/1#composer'])
    const [message] = await said(ada, `cut-${n}`)
    const [file, picture] = message?.attachments ?? []
    expect([message?.content, message?.attachments.length]).toEqual(['one\ntwo 梅', 2])
    expect([file?.name, file?.type]).toEqual(['报告 "终".bin', 'application/octet-stream'])
    expect([picture?.name, picture?.width]).toEqual(['dot.png', 3])
    const bytes = await (await fetchAs(server(), ada, file?.url ?? '')).bytes()
    expect(Buffer.from(bytes).equals(Buffer.from(tricky))).toBe(true)
  }
})

test('the same form sent again is one message', async () => {
  const ada = await signIn(server(), 'Reload')
  const body = form([
    ['client_id', 'again'],
    ['content', 'once'],
    ['files', 'x', 'x.txt'],
  ])
  for (let n = 0; n < 2; n += 1) expect((await post(ada, body)).status).toBe(303)
  expect((await said(ada, 'again')).length).toBe(1)
})

test('a refused file gives the text back, with the reason', async () => {
  const ada = await signIn(server(), 'Large')
  const before = kept()
  const large = new Uint8Array(megabyte + 1)
  const words: Field[] = [
    ['client_id', 'large'],
    ['content', 'not to be lost'],
  ]
  const answer = await post(ada, form([...words, ['files', large, 'large.bin']]))
  const page = await answer.text()
  expect(answer.status).toBe(413)
  expect(page).toContain('not to be lost</textarea>')
  expect(page).toContain('id="unsent-problem"')
  expect(kept()).toBe(before)
  const many: Field[] = Array.from({ length: 11 }, (_, n) => ['files', 'x', `${n}.txt`])
  const tooMany = await post(ada, form([...words, ...many]))
  expect([tooMany.status, (await tooMany.text()).includes('not to be lost')]).toEqual([422, true])
  expect(await said(ada, 'large')).toEqual([])
})

test('a form that no browser sends is refused, and leaves nothing (U10)', async () => {
  const ada = await signIn(server(), 'Odd')
  const before = kept()
  const file: Field = ['files', 'half', 'half.bin']
  const heads = `--mark\r\n${'A: b\r\n'.repeat(10_000)}\r\nx\r\n--mark--`
  const bodies: BodyInit[] = [
    '',
    '--mark',
    'no mark at all',
    form([file], ''),
    form([file], '--mark'),
    form([file], '--markX'),
    heads,
    '--mark\r\n\r\nno head\r\n--mark--',
    form(Array.from({ length: 5_000 }, (_, n) => [`f${n}`, 'x'])),
    form([['__proto__', 'x']]),
    form([['content', 'x'.repeat(200_000)]]),
  ]
  for (const [n, body] of bodies.entries()) {
    expect([n, (await post(ada, body)).status]).toEqual([n, 400])
  }
  for (const type of ['', 'boundary=', `boundary=${'x'.repeat(300)}`]) {
    expect([type, (await post(ada, form([file]), type)).status]).toEqual([type, 400])
  }
  // What had come whole before the form went wrong is no message's: the janitor takes it.
  expect(kept() - before).toBeLessThanOrEqual(2)
  expect(await (await fetch(`${server().origin}/healthz`)).text()).toBe('ok')
})

test('files of a form that are skipped cost as much as files that are kept', async () => {
  const flags = ['--max-upload', '1KB']
  await using strict = await startServer({ flags, env: { CHATROOM_RATE_LIMITS: 'on' } })
  const ada = await signIn(strict, 'Ada')
  const statuses: number[] = []
  for (let n = 0; n < 8; n += 1) {
    const large = Array.from({ length: 10 }, (_, file): Field => [
      'files',
      'x'.repeat(2_000),
      `${file}`,
    ])
    const body = form([['client_id', `skipped-${n}`], ['content', ''], ...large])
    const answer = await post(ada, body, 'boundary=mark', strict)
    await answer.text()
    statuses.push(answer.status)
  }
  // Thirty files at once are allowed, and a form has ten.
  expect(statuses.slice(0, 2)).toEqual([413, 413])
  expect(statuses.slice(4)).toEqual([429, 429, 429, 429])
})

test('nothing but a head may come before the first part of a form', async () => {
  const ada = await signIn(server(), 'Alma')
  const body = form([
    ['client_id', 'late'],
    ['content', 'late'],
  ])
  expect((await post(ada, joined(Buffer.from('preamble\r\n'), body))).status).toBe(303)
  const long = Buffer.alloc(20_000, 'x')
  expect((await post(ada, joined(long, Buffer.from('\r\n'), body))).status).toBe(400)
})

test('a client that leaves in the middle of a form is no fault of the server', async () => {
  const ada = await signIn(server(), 'Alva')
  const body = form([
    ['files', new Uint8Array(0), 'empty'],
    ['files', 'x'.repeat(90_000), 'cut'],
  ])
  const line = await openLine(server())
  const head = [
    'POST /rooms/1/messages HTTP/1.1',
    `Host: 127.0.0.1:${server().port}`,
    `Origin: ${server().origin}`,
    `Cookie: ${ada.cookie}`,
    'Content-Type: multipart/form-data; boundary=mark',
    `Content-Length: ${body.length}`,
  ]
  line.write(`${head.join('\r\n')}\r\n\r\n`)
  line.write(body.subarray(0, 50_000))
  await line.end(100)
  const again = await post(
    ada,
    form([
      ['client_id', 'after'],
      ['content', 'after'],
    ]),
  )
  expect(again.status).toBe(303)
  await waitUntil(async () => (await said(ada, 'after')).length === 1, 'the message')
  expect(server().log()).not.toContain(' fault ')
})

test('a file whose name comes in the extended form is a file, under that name', async () => {
  const person = await signIn(server(), 'Extended')
  const names = [
    `filename*=UTF-8''%E6%A2%85.txt`,
    `filename="x.txt"; filename*=UTF-8''%E6%A2%85.txt`,
  ]
  for (const [n, name] of names.entries()) {
    const field = (head: string, value: string): string =>
      `--mark\r\nContent-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`
    const fields = [field('name="client_id"', `star-${n}`), field('name=content', 'with it')]
    const body = [...fields, field(`name="files"; ${name}`, 'of the file'), '--mark--\r\n'].join('')
    expect((await post(person, body)).status).toBe(303)
    const [message] = await said(person, `star-${n}`)
    expect(message?.content).toBe('with it')
    expect(message?.attachments.map((file) => file.name)).toEqual(['梅.txt'])
  }
})
