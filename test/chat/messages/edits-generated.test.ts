import { expect, test } from 'bun:test'
import type { Chat } from '../../../src/chat/chat'
import { editMessage } from '../../../src/chat/messages/change-message'
import { findMentions } from '../../../src/chat/messages/find-mentions'
import { keepMentions } from '../../../src/chat/messages/keep-mentions'
import { isEmptyText, parseEdit, parseMessage } from '../../../src/chat/messages/parse-message'
import { createPaths } from '../../../src/shared/paths'
import type { Store, User } from '../../../src/store/store'
import { chooseSeed, createRandom } from '../../helpers/random'
import { uploaded } from '../../store/attachments'
import { openEngine } from '../../store/engine'
import { append, hash, join, newUser, placeOf } from '../../store/people'

const chatOf = (store: Store): Chat => {
  const nothing = (): void => {}
  const parts = { store, paths: createPaths('/'), now: () => 9, publishChanges: nothing }
  return { ...parts, requireSpace: nothing, log: nothing } as unknown as Chat
}

/** A part of a message: words, or a mention and who is meant by it. */
type Part = { text: string; person: number | null }

const names = ['Bob', 'Cara', 'Dylan', '美', 'Ann', 'Robert', '李雷', 'Zoë']
const words = ['hi', 'thnaks,', 'see', '12:30', '(tea)', 'x_y', '你好', '…', 'a@b.org', '**so**']

test('a mention keeps its person, whatever is edited and whoever has the name now', async () => {
  const seed = chooseSeed()
  const random = createRandom(seed)
  const pick = <Value>(values: readonly Value[]): Value => {
    const value = values[random(values.length)]
    if (value === undefined) throw new Error('there is something to pick from')
    return value
  }
  const engine = await openEngine()
  const { store } = engine
  const chat = chatOf(store)
  const author = await join(store, 'Author', 1)
  const people: User[] = []
  for (const name of names.slice(0, 5)) people.push(await join(store, name, people.length + 2))
  const held = new Map(people.map(({ id, nickname }) => [nickname, id]))
  const rename = async (): Promise<void> => {
    const free = pick(names.filter((name) => !held.has(name)))
    const [old, id] = pick([...held])
    const n = people.findIndex((person) => person.id === id) + 2
    expect(await store.users.change(hash(n), newUser(free), 1)).toMatchObject({ user: { id } })
    held.delete(old)
    held.set(free, id)
  }
  const wordsPart = (): Part => ({ text: pick(words), person: null })
  const mentionPart = (without: Part[]): Part => {
    const used = without.map(({ text }) => text.slice(1))
    const name = pick(names.filter((each) => !used.includes(each)))
    return { text: `@${name}`, person: held.get(name) ?? null }
  }
  const write = (parts: Part[]): string => parts.map(({ text }) => text).join(' ; ')
  for (let round = 0; round < 60; round += 1) {
    let parts = [mentionPart([]), wordsPart()]
    if (random(2) === 0) parts.push(mentionPart(parts), wordsPart())
    const content = write(parts)
    const mentions = await findMentions(chat, { room: 1, author: author.id, content })
    const said = await append(store, author, { clientId: `m-${round}`, content, mentions })
    const seq = said.status === 'accepted' ? said.message.seq : 0
    for (let [step, before] = [0, content]; step < 5; step += 1, before = write(parts)) {
      for (let n = random(4); n > 0; n -= 1) await rename()
      const at = random(parts.length)
      const kind = random(5)
      if (kind === 0) parts = parts.toSpliced(at, 0, wordsPart())
      if (kind === 1) parts = parts.toSpliced(at, 0, mentionPart(parts))
      if (kind === 2 && parts.length > 1) parts = parts.toSpliced(at, 1)
      if (kind === 3) parts = [...parts].toReversed()
      if (kind === 4) {
        // A name is said once more, unless it means somebody else by now.
        const again = parts.find(({ person }) => person !== null)
        const holder = held.get(again?.text.slice(1) ?? '') ?? again?.person
        if (again !== undefined && holder === again.person) parts = [...parts, again]
      }
      // What was only text is a mention as soon as somebody has the name when it is edited.
      const isEdited = write(parts) !== before
      const isNamed = ({ text, person }: Part) =>
        isEdited && person === null && text.startsWith('@')
      parts = parts.map((part) =>
        isNamed(part) ? { ...part, person: held.get(part.text.slice(1)) ?? null } : part,
      )
      const edit = { room: 1, seq, clientId: '', content: write(parts) }
      await editMessage(chat, author.id, edit)
      const room = await store.rooms.find(author.id, 1)
      if (room === null) throw new Error('the author is in the room')
      const [stored] = await store.messages.before(room, seq + 1, 1)
      const found = stored?.mentions.map(({ user, start, length }) => [
        user,
        edit.content.slice(start, start + length),
      ])
      const wanted = parts.flatMap(({ text, person }) => (person === null ? [] : [[person, text]]))
      expect({ seed, round, step, found }).toEqual({ seed, round, step, found: wanted })
    }
  }
  await engine.close()
})

test('an edit that makes a longer name, or says a name again, means who has it now', () => {
  const bob = { user: 1, start: 0, length: 4 }
  const edit = (from: string, to: string, fresh: (typeof bob)[]) =>
    keepMentions({ content: from, mentions: [bob] }, to, fresh).map(({ user, start }) => [
      user,
      start,
    ])
  const dylan = { user: 2, start: 0, length: 10 }
  expect(edit('@Bob hi', '@Bob Dylan hi', [dylan])).toEqual([[2, 0]])
  expect(edit('@Bob Dylan hi', '@Bob Dylan, hi', [dylan])).toEqual([[1, 0]])
  const other = { user: 3, start: 0, length: 4 }
  const both = [other, { ...other, start: 8 }]
  expect(edit('@Bob is here', '@Bob is here @Bob', [other, { ...other, start: 13 }])).toEqual([
    [1, 0],
    [3, 13],
  ])
  expect(edit('@Bob is here', '@Bob: - @Bob is here', both)).toEqual([
    [3, 0],
    [1, 8],
  ])
  expect(edit('@Bob hi', '@BOB hi', [other])).toEqual([[1, 0]])
  expect(edit('@Bob hi', '@Bobby hi', [])).toEqual([])
})

const texts = ['', ' ', '\n', '\u200b', '\u00ad', 'a', '😀', '\0', '\ud800', 'x'.repeat(8_001)]
const towers = [`a${'\u0301'.repeat(9)}`, '\u0301'.repeat(9), '\u2800', 'x'.repeat(8_000)]

test('what may be posted, with files or without, may be edited to, and nothing else', async () => {
  const { store, close } = await openEngine()
  const [ada, chat] = [await join(store, 'Ada', 1), chatOf(store)]
  let n = 0
  const post = async (content: string, files: number): Promise<string | number> => {
    const client_id = `id-${(n += 1)}`
    const attachments: string[] = []
    for (let file = 0; file < files; file += 1) {
      const upload = uploaded(ada.id, n * 9 + file)
      attachments.push(upload.id)
      await store.attachments.add(upload)
    }
    const fields: Record<string, unknown> = { client_id, content, attachments }
    const sent = parseMessage(new Map(Object.entries(fields)))
    return 'code' in sent ? sent.code : placeOf(await append(store, ada, sent))
  }
  const seed = chooseSeed()
  console.log(`seed ${seed}`)
  const random = createRandom(seed)
  const piece = (): string => texts[random(texts.length - 1)] ?? ''
  const joined = Array.from({ length: 20 }, () => [1, 2, 3].map(piece).join(''))
  for (const content of [...texts, ...towers, ...joined]) {
    for (const files of [0, 1, 2]) {
      const posted = await post(content, files)
      const seq = await post('before', files)
      const edit = parseEdit(new Map([['content', content]]))
      if (typeof seq !== 'number') throw new Error(seq)
      const { answer } =
        'code' in edit
          ? { answer: { type: 'refused', code: edit.code } }
          : await editMessage(chat, ada.id, { room: 1, seq, clientId: '', ...edit })
      const refusal: string | null = 'code' in answer ? answer.code : null
      const wanted = typeof posted === 'string' ? posted : null
      const about = { seed, content: content.slice(0, 20), files }
      expect({ about, refusal }).toEqual({ about, refusal: wanted })
      const room = await store.rooms.find(ada.id, 1)
      if (typeof posted === 'string' || room === null) continue
      // Beside files a text in which nothing can be read is none.
      for (const place of [posted, seq]) {
        const [stored] = await store.messages.after(room, place - 1, 1)
        const text = isEmptyText(content) ? '' : content
        expect({ about, stored: stored?.content }).toEqual({ about, stored: text })
      }
    }
  }
  await close()
})
