import { expect, test } from 'bun:test'
import { watchCopy } from '../../../src/island/messages/copy-rows'
import { completeRow } from '../../../src/island/timeline/rows'
import { createClock } from '../../../src/island/ui/clock'
import type { Message } from '../../../src/store/store'
import { liveRow } from '../../../views/messages/live-row'
import { MessageRow, PendingTemplate } from '../../../views/messages/message'
import { chooseSeed, createRandom } from '../../helpers/random'
import { hostileTexts } from '../../hostile/texts'
import { general, mei, say, tomas, viewIn } from '../../views/samples'
import { sampleText } from '../../views/text/texts'
import { documentForAll } from '../dom'
import { page } from '../page'

const view = viewIn('en')
const template = String(<PendingTemplate view={view} user={tomas} room={general} />)
documentForAll(`${template}<div id="timeline"></div>`)

const clock = createClock(page)

/** Shows messages, every second as a published row that the browser completes. */
function show(messages: Message[]): HTMLElement[] {
  const rows = messages.map((message, n) => {
    const parsed = document.createElement('template')
    const whole = <MessageRow message={message} paths={view.paths} follows={false} />
    parsed.innerHTML = n % 2 === 0 ? String(whole) : liveRow(message, view.paths)
    const row = parsed.content.firstElementChild
    if (!(row instanceof HTMLElement)) throw new Error('it is a row')
    completeRow(page, row)
    return row
  })
  document.getElementById('timeline')?.replaceChildren(...rows)
  return rows
}

/** Marks from one place to another, and copies: null when that is left to the browser. */
function copy(from: [Node, number], to: [Node, number], target: EventTarget = document) {
  const range = document.createRange()
  range.setStart(...from)
  range.setEnd(...to)
  getSelection()?.removeAllRanges()
  getSelection()?.addRange(range)
  const copied = new Map<string, string>()
  const setData = (type: string, text: string): void => void copied.set(type, text)
  const event = new Event('copy', { bubbles: true, cancelable: true })
  Object.assign(event, { clipboardData: { setData } })
  watch()
  target.dispatchEvent(event)
  if (!event.defaultPrevented) return null
  const parsed = document.createElement('div')
  parsed.innerHTML = copied.get('text/html') ?? ''
  for (const line of parsed.querySelectorAll('br')) line.replaceWith('\n')
  const html = [...parsed.children].map(({ textContent }) => textContent).join('\n')
  return { text: copied.get('text/plain'), html, tags: copied.get('text/html') ?? '' }
}

let isWatched = false
function watch(): void {
  if (!isWatched) watchCopy({ clock, page })
  isWatched = true
}

const expected = ({ sender, createdAt, content }: Message): string =>
  `${sender.nickname} ${clock.time(createdAt)}: ${content}`

test('messages that are copied together say who, when and what was typed', () => {
  const seed = chooseSeed()
  console.log(`SEED=${seed}`)
  const random = createRandom(seed)
  const odd = [
    '2) yes',
    'a*b_c*d',
    '# one\n> two',
    '- a\n  - b\n- c',
    '`x`',
    '||no||',
    '*a*\n\n\nb',
  ]
  const texts = [
    ...odd,
    ...hostileTexts.map(({ text }) => text).filter((text, n) => n % 8 === 0 && text.trim()),
  ]
  for (let n = 0; n < 60; n += 1) texts.push(sampleText(random).typed)
  for (let at = 0; at + 3 <= texts.length; at += 3) {
    const part = texts.slice(at, at + 3).map((text) => text.replace(/\r/g, ''))
    const messages = part.map((text, n) => say(n === 1 ? mei : tomas, text, n))
    const rows = show(messages)
    const first = random(2)
    const [start, end] = [rows[first], rows[2]]
    if (start === undefined || end === undefined) throw new Error('three rows')
    const text = messages.slice(first).map(expected).join('\n')
    const copied = copy([start, 0], [end, end.childNodes.length])
    expect(copied?.text).toBe(text)
    expect(copied?.html).toBe(text)
    expect(copied?.tags).not.toMatch(/<(?!\/?(?:p|b|br|time)\b)/)
  }
})

test('what is marked within one message is copied as it is marked', () => {
  const [one, two, three] = show([say(mei, 'one *a*'), say(mei, 'two', 1), say(tomas, 'three', 2)])
  if (one === undefined || two === undefined || three === undefined) throw new Error('three rows')
  const textIn = (row: HTMLElement): Node => row.querySelector('.msg__body p')?.firstChild ?? row
  expect(copy([textIn(one), 1], [textIn(one), 3])).toBeNull()
  // Three clicks mark up to the beginning of the next row.
  expect(copy([textIn(one), 0], [two, 0])).toBeNull()
  expect(copy([textIn(one), 4], [textIn(two), 0])).toBeNull()
  // A field has its own selection.
  const field = document.body.appendChild(document.createElement('textarea'))
  expect(copy([one, 0], [three, 1], field)).toBeNull()
  const [name] = one.getElementsByTagName('bdi')
  name?.setAttribute('class', 'name--left')
  two.hidden = true
  three.classList.add('msg--muted')
  expect(copy([one, 0], [three, 1])).toBeNull()
  two.hidden = false
  expect(copy([textIn(one), 2], [textIn(two), 2])?.text).toBe(
    `梅 Mei (left) ${clock.time(say(mei, '').createdAt)}: one *a*\n${expected(say(mei, 'two', 1))}`,
  )
})

test('a copied message names its files, and a private one who can read it', () => {
  const about = { width: 1, height: 1, preview: '', description: '', size: 9 }
  const files = ['a.png', 'b.zip'].map((name, n) => ({
    ...{ ...about, name, id: String(n).repeat(32) },
    type: n === 0 ? 'image/png' : 'application/zip',
  }))
  const [shown, secret] = show([{ ...say(mei, ''), attachments: files }, say(tomas, 'psst', 1)])
  if (shown === undefined || secret === undefined) throw new Error('two rows')
  const note = document.createElement('div')
  note.className = 'private-note'
  note.innerHTML = '<p class="private-note__label"><span>Private: only you and Mei</span></p>'
  secret.replaceWith(note)
  note.append(secret)
  const [first = '', second, third] =
    copy([shown, 0], [note, note.childNodes.length])?.text?.split('\n') ?? []
  const { origin } = location
  expect(first).toEndWith(`: a.png ${origin}/chat/attachments/${'0'.repeat(32)}/a.png`)
  expect(second).toBe(`b.zip ${origin}/chat/attachments/${'1'.repeat(32)}/b.zip`)
  expect(third).toEndWith(' [Private: only you and Mei]: psst')
})
