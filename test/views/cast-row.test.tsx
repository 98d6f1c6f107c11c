import { expect, test } from 'bun:test'
import { createPaths } from '../../src/paths'
import type { Message } from '../../src/store/store'
import { castRow } from '../../views/cast-row'
import { MessageRow } from '../../views/message'
import { hostileTexts } from '../hostile/texts'
import { mei, say, tomas } from './samples'

const paths = createPaths('/chat/')

function written(message: Message): string {
  return String(<MessageRow message={message} paths={paths} follows={false} />)
}

test('a row that was cast is to the letter the one that is written, whatever it says', () => {
  const texts = [
    'Hello',
    '',
    '🎉',
    'a\nb',
    '# one\n> two',
    'x'.repeat(3_000),
    '@Mei',
    '<p>23:58</p>',
  ]
  const all = [...texts, ...texts, 'mark-of-the-text', ...hostileTexts.map(({ text }) => text)]
  for (const [minute, text] of all.entries()) {
    for (const sender of [mei, tomas]) {
      const message = { ...say(sender, text, minute), clientId: `c-${minute}_${sender.id}` }
      expect(castRow(message, paths)).toBe(written(message))
    }
  }
})

test('a name or a picture that looks like a mark, or like markup, is only a name', () => {
  const nicknames = ['23:58', 'mark-of-the-text', '9007199254740991', '"><b>x', '&amp;', '$&$1']
  for (const [index, nickname] of nicknames.entries()) {
    for (const seq of [1, 2]) {
      const message = say({ ...mei, id: 100 + index, nickname }, 'Hello', seq)
      expect(castRow(message, paths)).toBe(written(message))
    }
  }
})

test('whatever is special about a message is in its row, after plain ones, too', () => {
  const plain = say(mei, 'Hello', 3)
  castRow(plain, paths)
  const special: Partial<Message>[] = [
    { revision: 9 },
    { editedAt: 5, revision: 9 },
    { replyTo: 1, quote: { sender: tomas, content: 'before' } },
    { called: [16] },
    { mentions: [{ user: 16, start: 0, length: 2 }], called: [16] },
    { recipient: tomas, writtenIn: 7, writtenAfter: 2 },
    { reactions: [{ emoji: '🎉', people: [{ id: 16, nickname: 'Tomás' }] }] },
    { sender: { ...mei, nickname: 'Mei Mei' } },
    { sender: { ...mei, avatar: 'fish' } },
    { room: 8 },
  ]
  for (const change of special) {
    const message = { ...plain, ...change }
    expect(castRow(message, paths)).toBe(written(message))
    expect(castRow(message, paths)).not.toBe(castRow(plain, paths))
  }
})
