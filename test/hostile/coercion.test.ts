import { expect, test } from 'bun:test'
import { history, openSocket, signIn } from '../helpers/client'
import { parseFrame } from '../../src/socket/frames'
import { serverForAll } from '../helpers/server'

const server = serverForAll()

const id = 'ab'.repeat(16)

/** What an object could be taken for, if it were turned into text or a number. */
const objects: unknown[] = [
  {},
  { toString: 1 },
  { toString: 'text', length: 4 },
  { valueOf: 1 },
  { 0: 'text', length: 1 },
  [],
  ['text'],
  [['text']],
  [1],
  [[1]],
  [{ toString: 1 }],
  [null],
]
const wrong: Record<string, unknown[]> = {
  text: [...objects, 5, true],
  number: [...objects, '1', true],
  flag: [...objects, 'true', 1],
  list: [...objects.filter((each) => !Array.isArray(each)), 'text', 5, true],
  record: [
    ...objects.filter((each) => Array.isArray(each) || Object.keys(each ?? {}).length),
    'x',
    5,
  ],
}

/** The fields of the bodies, by their kind. */
const kinds = {
  client_id: 'text',
  content: 'text',
  emoji: 'text',
  active: 'flag',
  reply_to: 'number',
  written_in: 'number',
  attachments: 'list',
}
const right = { client_id: 'wrong', content: 'wrong', emoji: '👍', active: true, reply_to: 1 }

test('no field of a JSON body is turned into another type', async () => {
  const ada = await signIn(server(), 'Ada')
  const socket = await openSocket(server(), ada)
  await socket.post(1, 'first', 'as it was')
  const before = await history(server(), ada, 1)
  const send = async (path: string, body: unknown): Promise<number> => {
    const answer = await fetch(server().origin + path, {
      method: 'POST',
      headers: {
        Cookie: ada.cookie,
        Origin: server().origin,
        'Content-Type': 'application/json',
      },
      body: JSON.stringify(body),
    })
    await answer.text()
    return answer.status
  }
  const paths = ['messages', 'messages/1', 'messages/1/delete', 'messages/1/reactions']
  const answered: Record<string, string[]> = {}
  let tried = 0
  for (const path of paths.map((each) => `/rooms/1/${each}`)) {
    for (const body of [[], ['content'], [['content', 'x']], 'text', 5, true, null]) {
      ;(answered[await send(path, body)] ??= []).push(`${path} ${JSON.stringify(body)}`)
    }
    for (const [field, kind] of Object.entries(kinds)) {
      for (const value of wrong[kind] ?? []) {
        tried += 1
        const status = await send(path, { ...right, [field]: value })
        ;(answered[status] ??= []).push(`${path} ${field} ${JSON.stringify(value)}`)
      }
    }
  }
  // Lists are read by the one route that takes files, which know none of them.
  for (const attachments of objects.filter((each) => Array.isArray(each) && each.length > 0)) {
    expect(await send('/rooms/1/messages', { ...right, attachments })).toBe(422)
  }
  const { 400: refused = [], ...others } = answered
  expect(others).toEqual({})
  expect(refused.length).toBe(tried + 28)
  expect(tried).toBeGreaterThan(350)
  expect(await history(server(), ada, 1)).toEqual(before)
  expect(server().log()).not.toMatch(/ (fault|uncaught|unhandled) /)
  await socket.close()
})

const target = { room: 'number', seq: 'number', client_id: 'text' }
/** The fields of each type of frame, by their kind. What `written_in` says is never needed. */
const frames: Record<string, Record<string, string>> = {
  'message.post': { room: 'number', client_id: 'text', content: 'text', reply_to: 'number' },
  'message.edit': { ...target, content: 'text' },
  'message.delete': target,
  'reaction.set': { ...target, emoji: 'text', active: 'flag' },
  read: { room: 'number', seq: 'number' },
  unread: { room: 'number', seq: 'number' },
  typing: { room: 'number', active: 'flag' },
  presence: { state: 'text' },
  resume: { epoch: 'text', rooms: 'record' },
  ping: {},
}
const sound = {
  ...{ room: 1, seq: 1, client_id: 'c', content: 'text', reply_to: 1, emoji: '👍' },
  ...{ attachments: [id], active: true, state: 'away', epoch: 'e', rooms: { 1: 0 } },
}

test('no field of a frame is turned into another type', () => {
  const accepted: string[] = []
  let tried = 0
  for (const [type, fields] of Object.entries(frames)) {
    expect(parseFrame(JSON.stringify({ ...sound, type })).type).toBe(type as 'ping')
    const all = type === 'message.post' ? { ...fields, attachments: 'list' } : fields
    for (const [field, kind] of Object.entries({ ...all, type: 'text' })) {
      for (const value of wrong[kind] ?? []) {
        tried += 1
        const frame = parseFrame(JSON.stringify({ ...sound, type, [field]: value }))
        if (frame.type !== 'problem') accepted.push(`${type} ${field} ${JSON.stringify(value)}`)
      }
    }
  }
  expect(accepted).toEqual([])
  expect(tried).toBeGreaterThan(400)
  for (const attachments of objects.filter((each) => Array.isArray(each) && each.length > 0)) {
    const frame = parseFrame(JSON.stringify({ ...sound, type: 'message.post', attachments }))
    expect({ attachments, type: frame.type }).toEqual({ attachments, type: 'problem' })
  }
})

test('the rooms of a resume are named by plain numbers', () => {
  for (const key of ['0x10', '1e1', ' 1', '1 ', '+1', '01', '1.0', '', '-1', 'Infinity']) {
    const frame = parseFrame(JSON.stringify({ type: 'resume', epoch: 'e', rooms: { [key]: 0 } }))
    expect({ key, type: frame.type }).toEqual({ key, type: 'problem' })
  }
})

test('the fields above are all that the frames have', async () => {
  const source = await Bun.file(`${import.meta.dir}/../../src/socket/frames.ts`).text()
  const types = [...source.matchAll(/case '([\w.]+)'/g)].map(([, type]) => type)
  expect(types.toSorted()).toEqual(Object.keys(frames).toSorted())
  const parsed = [
    ...source.matchAll(/(?:get|Count)\((?:fields, )?'(\w+)'/g),
    ...(
      await Bun.file(`${import.meta.dir}/../../src/chat/messages/parse-message.ts`).text()
    ).matchAll(/fields\.get\('(\w+)'\)/g),
  ].map(([, field]) => field ?? '')
  const known = new Set([...Object.keys(sound), 'type', 'written_in'])
  expect(parsed.filter((field) => !known.has(field))).toEqual([])
  expect(parsed.length).toBeGreaterThan(10)
})
