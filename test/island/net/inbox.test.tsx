import { expect, test } from 'bun:test'
import { createInbox } from '../../../src/island/net/inbox'
import { portionMs, portionRows } from '../../../src/island/net/inbox'
import { liveRow } from '../../../views/messages/live-row'
import { MessageRow } from '../../../views/messages/message'
import { mei, say, viewIn } from '../../views/samples'

type Heard = { texts: string[]; behind: number }
type Row = (n: number, room?: number) => string

const { paths } = viewIn('en')
const row: Row = (n, room = 1) => liveRow({ ...say(mei, `message ${n}`, n), room }, paths)
const wholeRow: Row = (n, room = 1) => {
  const message = { ...say(mei, `message ${n}`, n), room }
  return String(<MessageRow message={message} paths={paths} follows={false} />)
}
const frame = (from: number, to: number, room = 1, one = row): string =>
  Array.from({ length: to - from }, (_, n) => one(from + n, room)).join('')

/** What was heard once everything has come: all at once would be no portions. */
async function hearAll(send: (take: (text: string) => void) => void): Promise<Heard[]> {
  const heard: Heard[] = []
  const take = createInbox((text, behind) => {
    heard.push({ texts: text.split(/(?=<article)/), behind })
    // Longer than a portion may take.
    const end = performance.now() + portionMs + 1
    while (performance.now() < end);
  })
  send(take)
  for (let quiet = 0, before = 0; quiet < 5; before = heard.length) {
    await Bun.sleep(20)
    quiet = heard.length === before ? quiet + 1 : 0
  }
  return heard
}

test('what comes alone is heard in the same moment', () => {
  const heard: string[] = []
  const take = createInbox((text) => void heard.push(text))
  take('[{"type":"pong"}]')
  take(row(1))
  expect(heard).toEqual(['[{"type":"pong"}]', row(1)])
})

test('a burst is heard in portions, once and in order, answers after their rows', async () => {
  const heard = await hearAll((take) => {
    take(frame(0, 50))
    take('[answer]')
    take(frame(50, 60))
  })
  expect(heard.flatMap(({ texts }) => texts)).toEqual([
    ...Array.from({ length: 50 }, (_, n) => row(n)),
    '[answer]',
    ...Array.from({ length: 10 }, (_, n) => row(50 + n)),
  ])
  expect(Math.max(...heard.map(({ texts }) => texts.length))).toBe(portionRows)
})

test('each portion says how many rows of its room are still to come', async () => {
  // As they are published in short, and as they come with all that is special about them.
  for (const one of [row, wholeRow]) {
    const heard = await hearAll((take) => {
      take(frame(0, 45, 1, one))
      take(frame(0, 7, 2, one))
      take(frame(45, 50, 1, one))
    })
    // The first is heard before the others are there.
    expect(heard.map(({ behind }) => behind)).toEqual([25, 10, 5, 0, 0])
  }
})

test('a fault in one portion keeps nobody from the next', async () => {
  const heard: string[] = []
  const take = createInbox((text) => {
    heard.push(text)
    if (text === '[bad]') throw new Error('bad')
  })
  expect(() => take('[bad]')).toThrow('bad')
  take('[good]')
  expect(heard).toEqual(['[bad]', '[good]'])
})
