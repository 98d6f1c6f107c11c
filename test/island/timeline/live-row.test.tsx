import { expect, test } from 'bun:test'
import { completeRow } from '../../../src/island/timeline/rows'
import { quotedOf } from '../../../src/island/timeline/quotes'
import type { Page } from '../../../src/island/ui/page'
import { excerptOf } from '../../../src/shared/markup/excerpt'
import type { Message, User } from '../../../src/store/store'
import { liveRow } from '../../../views/messages/live-row'
import { MessageRow, PendingTemplate } from '../../../views/messages/message'
import { chooseSeed, createRandom } from '../../helpers/random'
import { times } from '../../helpers/size'
import { hostileTexts } from '../../hostile/texts'
import { general, mei, say, tomas, viewIn } from '../../views/samples'
import { sampleText } from '../../views/text/texts'
import { documentForAll } from '../dom'

const view = viewIn('en')
documentForAll(String(<PendingTemplate view={view} user={tomas} room={general} />))

function parse(html: string): HTMLElement {
  const template = document.createElement('template')
  template.innerHTML = html
  const [row, ...others] = template.content.children
  if (!(row instanceof HTMLElement) || others.length > 0) throw new Error('it is one row')
  // The hour is the reader's, and is put in afterwards.
  row.querySelector('time')?.replaceChildren()
  return row
}

/** As it is published and filled in by the browser. */
function heard(message: Message): HTMLElement {
  const row = parse(liveRow(message, view.paths))
  const { base } = view.paths
  completeRow({ base } as Page, row)
  row.querySelector('time')?.replaceChildren()
  return row
}

/** As it stands in a page. */
function written(message: Message): HTMLElement {
  return parse(String(<MessageRow message={message} paths={view.paths} follows={false} />))
}

function expectSame(message: Message): void {
  const [one, other] = [heard(message), written(message)]
  if (!one.isEqualNode(other)) expect(one.outerHTML).toBe(other.outerHTML)
}

test('a published row becomes the one that stands in a page, whatever it says', () => {
  const texts = ['Hello', '🎉', 'a\nb', '# one\n> two', 'x'.repeat(3_000), '@Mei', '<b>no</b>']
  const all = [...texts, ...hostileTexts.map(({ text }) => text)]
  for (const [minute, text] of all.entries()) {
    for (const sender of [mei, tomas]) {
      expectSame({ ...say(sender, text, minute), clientId: `c-${minute}_${sender.id}` })
    }
  }
})

test('browser and server make the same row and the same quote of random texts', () => {
  const seed = chooseSeed()
  console.log(`seed ${seed}`)
  const random = createRandom(seed)
  for (let n = 0; n < times(600); n += 1) {
    const content = `${sampleText(random).typed}${random(3) === 0 ? '\n\n||who did it||' : ''}`
    const message = { ...say(tomas, content, n), clientId: `g-${n}` }
    expectSame(message)
    const { text } = quotedOf(written(message))
    expect({ seed, content, text }).toEqual({ seed, content, text: excerptOf(content) })
  }
})

test('a name that looks like markup is only a name, whatever the picture', () => {
  const face = '0123456789abcdef0123456789abcdef'
  for (const nickname of ['"><b>x', '&amp;', '<i>', '$&$1', 'é', '👩‍🚀 Mae']) {
    for (const avatar of ['letter', 'fish', face]) {
      for (const mark of [null, 'left', 'new'] as const) {
        const user: User = { id: 30, nickname, avatar, mark }
        expectSame(say(user, 'Hello', 1))
        expectSame(say(user, 'Hello again', 2))
      }
    }
  }
})

test('whatever is special about a message is in its row', () => {
  const plain = say(mei, 'Hello', 3)
  const special: Partial<Message>[] = [
    { revision: 9 },
    { editedAt: 5, revision: 9 },
    { replyTo: 1, quote: { sender: tomas, content: 'before' } },
    { notifiedUserIds: [16] },
    { mentions: [{ user: 16, start: 0, length: 2 }], notifiedUserIds: [16] },
    { recipient: tomas, writtenIn: 7, writtenAfter: 2 },
    { reactions: [{ emoji: '🎉', people: [{ id: 16, nickname: 'Tomás', mark: null }] }] },
    { sender: { ...mei, nickname: 'Mei Mei' } },
    { sender: { ...mei, avatar: 'fish' } },
    { room: 8 },
  ]
  for (const change of special) {
    expectSame({ ...plain, ...change })
    expect(heard({ ...plain, ...change }).isEqualNode(heard(plain))).toBe(false)
  }
})

test('a published row has half of the bytes of one in a page', () => {
  const message = say(mei, 'See you at nine at the station, and bring the long rope.', 3)
  const whole = String(<MessageRow message={message} paths={view.paths} follows={false} />)
  expect(liveRow(message, view.paths).length).toBeLessThan(whole.length * 0.6)
})
