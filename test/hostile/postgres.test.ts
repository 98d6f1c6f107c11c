import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type ChatClient, history, openSocket, type Person, signIn } from '../helpers/client'
import { sendFile } from '../helpers/files'
import { startNodes } from '../helpers/nodes'
import { makeRoom, openDirect, sendForm } from '../helpers/rooms'
import type { RunningServer } from '../helpers/server'
import { describeOnPostgres } from '../store/postgres/databases'

let nodes: Awaited<ReturnType<typeof startNodes>> | undefined
const node = (): RunningServer => {
  const [first] = nodes?.nodes ?? []
  if (first === undefined) throw new Error('There is no node')
  return first
}

async function enter(name: string): Promise<{ person: Person; socket: ChatClient }> {
  const person = await signIn(node(), name)
  return { person, socket: await openSocket(node(), person) }
}

describeOnPostgres('hostile texts and numbers on PostgreSQL', () => {
  beforeAll(async () => {
    nodes = await startNodes(1)
  })
  afterAll(() => nodes?.[Symbol.asyncDispose]())

  test('M29: what PostgreSQL cannot keep fails no one else’s message', async () => {
    const [ada, bob] = [await enter('Ada M'), await enter('Bob M')]
    // The longest name ends within the emoji.
    const texts = [61, 62, 63, 64].map((length) => `@${'x'.repeat(length)}😀`)
    const all = await Promise.all([
      ...texts.map((text, n) => ada.socket.post(1, `cut${n}`, text)),
      ...texts.map((_, n) => bob.socket.post(1, `whole${n}`, 'hello')),
    ])
    expect(all.map(({ type }) => type)).toEqual(all.map(() => 'accepted'))
  })

  test('M30: a NUL and endless numbers in forms are refused or left out', async () => {
    const { person } = await enter('Ada N')
    await signIn(node(), 'Bob N')
    const room = await makeRoom(node(), person, 'Room N')
    const talk = await openDirect(node(), person, 1)
    const forms: [path: string, fields: Record<string, string>][] = [
      [`/rooms/${room}/invitations`, { names: 'a\0b' }],
      [`/rooms/${talk}/group`, { names: 'a\0b, \0' }],
      [`/rooms/${room}/messages`, { client_id: 'n', content: 'a\0b' }],
      [`/rooms/${room}/messages`, { client_id: 'n', content: 'x', reply_to: String(2 ** 63) }],
      [`/rooms/${room}/messages`, { client_id: 'n', content: 'x', reply_to: '1e300' }],
      [`/rooms/${room}`, { name: 'a\0b', topic: '\0' }],
      ['/profile', { nickname: 'a\0b' }],
    ]
    for (const [path, fields] of forms) {
      const { status } = await sendForm(node(), person, path, fields)
      expect({ path, fields, isBroken: status >= 500 }).toEqual({ path, fields, isBroken: false })
    }
    const sent = await sendFile(node(), person, new TextEncoder().encode('text'), {
      name: 'a\0b.txt',
      description: `a\0b${'x'.repeat(996)}😀`,
    })
    expect(sent.status).toBe(201)
  })

  test('F17: what one socket changes is changed in the order of its frames', async () => {
    const { person, socket } = await enter('Ada F')
    // To look for names takes longer.
    const text = (n: number): string => (n % 2 === 0 ? `edit ${n}` : `edit ${n} @nobody @${n}`)
    const said = await socket.post(1, 'first', text(0))
    if (said.type !== 'accepted') throw new Error('The message was refused')
    const edits = Array.from({ length: 20 }, (_, n) => n + 1)
    for (const n of edits) {
      const change = { type: 'message.edit', room: 1, seq: said.seq, content: text(n) }
      socket.send({ ...change, client_id: `edit-${n}` })
    }
    await socket.until(
      (item) => item.type === 'accepted' && item.client_id === 'edit-20',
      'the last',
    )
    const kept = await history(node(), person, 1)
    expect(kept.find(({ seq }) => seq === said.seq)?.content).toBe(text(20))
    const order = socket.heard.flatMap((item) =>
      item.type === 'accepted' && item.client_id.startsWith('edit') ? [item.client_id] : [],
    )
    expect(order).toEqual(edits.map((n) => `edit-${n}`))
  })
})
