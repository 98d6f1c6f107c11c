import { afterAll, beforeAll, expect, test } from 'bun:test'
import { chooseSeed, createRandom } from '../helpers/random'
import { openSocket, type Person, signIn } from '../helpers/client'
import { makeRoom } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { someOf, times } from '../helpers/size'
import { addressOf, type ChatPage, enter, expectNoProblems } from './pages/chat-page'
import { allowSockets, refuseSockets } from './pages/sockets'

let server: RunningServer
let ada: ChatPage
let robot: Person
let script: Awaited<ReturnType<typeof openSocket>>
let other = 0
let said = 0

beforeAll(async () => {
  server = await startServer()
  robot = await signIn(server, 'Robot')
  script = await openSocket(server, robot)
  await post(150)
  other = await makeRoom(server, robot, 'Other')
  ada = await enter(server.port, 'Ada', 'a')
  await ada.warmUp()
})

/** Robot says so much more. */
async function post(count: number): Promise<void> {
  const more = Array.from({ length: count }, (_, n) => said + n + 1)
  said += count
  await Promise.all(more.map((n) => script.post(1, `m-${n}`, `message ${n}`)))
}

/** The first message in view, and how far it is below the top of the list. */
const firstInView = `(() => {
  const { top } = document.querySelector('#log').getBoundingClientRect()
  const row = [...document.querySelectorAll('#timeline > .msg')]
    .find((each) => each.getBoundingClientRect().bottom > top)
  return { seq: row.dataset.seq, top: Math.round(row.getBoundingClientRect().top - top) }
})()`

/** Scrolls so many screens up, as a wheel does. */
async function scrollUp(screens: number): Promise<{ seq: string; top: number }> {
  await ada.settled()
  await ada.evaluate(`((log) => log.scrollBy(0, -${screens} * log.clientHeight))
    (${ada.messages.log.js})`)
  // What is fetched there comes, and the place is noted.
  await ada.settled()
  await ada.waitFor(`history.state?.place != null`, 'the place to be noted')
  await ada.settled()
  return ada.evaluate(firstInView)
}

const isHidden = (value: boolean): string => `(() => {
  Object.defineProperty(document, 'hidden', { configurable: true, value: ${value} })
  document.dispatchEvent(new Event('visibilitychange'))
})()`

afterAll(async () => {
  script.close()
  ada.close()
  await server.dispose()
})

test('whatever grows or shrinks, the end is kept until the reader leaves it', async () => {
  const seed = chooseSeed()
  console.log(`the end: SEED=${seed}`)
  const random = createRandom(seed)
  // Half of them shrink first, and the browser moves the place before they grow.
  const before = [-1, -1, -1]
  const noise = Array.from({ length: 40 }, () =>
    random(2) > 0 ? [random(3), random(500), random(500)] : [2, random(50), 300 + random(300)],
  ).filter(([kind = 0, , after = 0]) => {
    const isNew = before[kind] !== after
    before[kind] = after
    return isNew
  })
  // Within one frame: something goes, is laid out, and something else comes, of another size: a
  // list that is as high as before and stands further up was moved by its reader.
  const lost = await ada.evaluate<number[][]>(`(async () => {
    const [log, list] = ['log', 'timeline'].map((id) => document.getElementById(id))
    const parts = [list.children[list.children.length - 3], log, list.lastElementChild]
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
    const lost = []
    for (const [kind, before, after] of ${JSON.stringify(noise)}) {
      const part = parts[kind]
      for (const px of [before, after]) {
        part.style.paddingBlockEnd = px + 'px'
        void log.scrollTop
      }
      // On a busy machine the event of a moved place comes before the sizes are told.
      log.dispatchEvent(new Event('scroll'))
      await frame()
      await frame()
      if (log.scrollHeight - log.scrollTop - log.clientHeight > 1) lost.push([kind, before, after])
    }
    for (const part of parts) part.removeAttribute('style')
    return lost
  })()`)
  expect({ seed, lost }).toEqual({ seed, lost: [] })
  // A reader who turns the wheel leaves it, also while the list grows.
  await ada.evaluate(`(() => {
    const list = document.getElementById('timeline')
    let px = 0
    window.growing = setInterval(() => (list.style.paddingBlockEnd = (px += 3) + 'px'), 5)
  })()`)
  const wheel = { type: 'mouseWheel', x: 640, y: 400, deltaX: 0, deltaY: -300 }
  await ada.cdp('Input.dispatchMouseEvent', wheel)
  await ada.waitFor(
    `${ada.messages.log.js}.scrollHeight - ${ada.messages.log.js}.scrollTop >
    ${ada.messages.log.js}.clientHeight + 250`,
    'the place above the end',
  )
  await ada.evaluate(`(clearInterval(window.growing),
    document.getElementById('timeline').removeAttribute('style'))`)
  await ada.settled()
  expect(await ada.messages.belowEnd()).toBeGreaterThan(100)
})

test('far up, a button says how many are new and leads to the present', async () => {
  const phoneAndDesk = [[390, 844] as const, [1280, 800] as const]
  for (const [width, height] of someOf(phoneAndDesk, 1)) {
    await ada.emulate({ width, height })
    await ada.messages.latest.press()
    await ada.messages.latest.gone()
    await scrollUp(1)
    expect(await ada.messages.latest.isShown()).toBe(false)
    await scrollUp(2)
    await ada.messages.latest.says('Jump to present')
    await post(2)
    await ada.messages.latest.says('2 new messages')
    await ada.messages.latest.press()
    await ada.messages.atEnd()
    await ada.messages.latest.gone()
    await ada.sees(`message ${said}`)
  }
  await ada.emulate({ width: 1280, height: 800 })
})

test('the date of what is read stays in view', async () => {
  await scrollUp(2)
  const heading = await ada.evaluate<number>(`document.querySelector('.day')
    .getBoundingClientRect().top - document.querySelector('#log').getBoundingClientRect().top`)
  expect(Math.round(heading)).toBe(0)
  await ada.messages.latest.press()
})

test('the bar of unread messages goes when they are read, answered or marked read', async () => {
  const bar = ada.part('#unread-bar')
  const leaveAndPost = async (isAway: boolean): Promise<void> => {
    await ada.goto('about:blank')
    await post(66)
    const source = isAway ? isHidden(true) : '0'
    const added = await ada.cdp('Page.addScriptToEvaluateOnNewDocument', { source })
    await ada.goto(addressOf(server.port, 'a', '/rooms/1'))
    await ada.connected()
    await ada.cdp('Page.removeScriptToEvaluateOnNewDocument', added as object)
    await bar.shown()
    expect(await bar.shownText()).toMatch(/^\d+ new messages since \d\d:\d\d/)
  }
  // At the end, and looking: they count as read, and it goes by itself.
  await leaveAndPost(false)
  await bar.gone()
  await ada.hasRead(1)
  // Not looking, so they are not read; the answer is enough.
  await leaveAndPost(true)
  await ada.send('I answer')
  await ada.sees('I answer')
  await bar.gone(2_000)
  await ada.evaluate(isHidden(false))
  await ada.hasRead(1)
  // Marked read far up, the reader is not left there.
  await leaveAndPost(true)
  await scrollUp(3)
  await ada.part('.unread-bar__read').press()
  await bar.gone(2_000)
  await ada.messages.atEnd()
  await ada.evaluate(isHidden(false))
})

test('labels follow the zone of the machine, on return and with each new message', async () => {
  const times = `[...document.querySelectorAll('#timeline > .msg')].map((row) =>
    row.querySelector('time').textContent + row.querySelector('time').title).join()`
  const wanted = `(() => {
    const two = '2-digit'
    const time = new Intl.DateTimeFormat('en', { hour: two, minute: two, hourCycle: 'h23' })
    const full = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'medium' })
    return [...document.querySelectorAll('#timeline > .msg')].map(({ dataset: { at } }) =>
      time.format(at) + full.format(at)).join()
  })()`
  const headings = `[...document.querySelectorAll('.day')].map((day) => day.textContent).join()`
  // Somewhere of the two it is another day than when these were written.
  for (const timezoneId of ['Pacific/Kiritimati', 'Pacific/Niue', 'Asia/Kolkata']) {
    await ada.cdp('Emulation.setTimezoneOverride', { timezoneId })
    if (timezoneId === 'Asia/Kolkata') await post(1)
    else await ada.evaluate(`void document.dispatchEvent(new Event('visibilitychange'))`)
    if (timezoneId === 'Asia/Kolkata') await ada.sees(`message ${said}`)
    await ada.waitFor(`${times} === ${wanted}`, `the times of ${timezoneId}`)
    expect(await ada.evaluate<string>(headings)).toBe('Today')
  }
  // A night asleep: the clock goes on, and no timer does.
  await ada.evaluate(`(() => {
    const Real = Date
    const dayMs = 86_400_000
    window.Date = class extends Real {
      constructor(...parts) { super(...(parts.length > 0 ? parts : [Real.now() + dayMs])) }
      static now() { return Real.now() + dayMs }
    }
    dispatchEvent(new Event('focus'))
    window.Date = Real
  })()`)
  expect(await ada.evaluate<string>(headings)).toBe('Yesterday')
  await ada.evaluate(`void dispatchEvent(new Event('focus'))`)
  expect(await ada.evaluate<string>(headings)).toBe('Today')
})

test('Back leads to where somebody was reading', async () => {
  await ada.joins(other)
  await ada.rail.room(other).shown()
  const place = await scrollUp(4)
  await ada.rail.open(other)
  await ada.back()
  await ada.rail.opened(1)
  await ada.waitFor(`JSON.stringify(${firstInView}) === '${JSON.stringify(place)}'`, 'the place')
  // The way to the present is there, and Forward leads to the other room.
  await ada.messages.latest.press()
  await ada.messages.atEnd()
})

test('so does Back while the next room is still coming', async () => {
  const place = await scrollUp(4)
  await ada.evaluate(`document.addEventListener('htmx:before:swap', function back({ detail }) {
    if (detail.ctx.target?.id !== 'timeline') return
    document.removeEventListener('htmx:before:swap', back)
    addEventListener('popstate', () => (window.isBack = true), { once: true })
    history.back()
  })`)
  await ada.rail.room(other).press()
  await ada.waitFor('window.isBack', 'the step back')
  await ada.waitFor(`JSON.stringify(${firstInView}) === '${JSON.stringify(place)}'`, 'the place')
  await ada.messages.latest.press()
  await ada.messages.atEnd()
})

test('a reader of the history who sleeps while much is said keeps the place', async () => {
  const place = await scrollUp(4)
  await refuseSockets(ada)
  await server.restart()
  script.close()
  script = await openSocket(server, robot)
  await post(5_000)
  await allowSockets(ada)
  // The server counts no further.
  await ada.messages.latest.reads('1,000 new messages', 30_000)
  expect(await ada.evaluate(firstInView)).toEqual(place)
  await ada.messages.latest.press()
  await ada.sees(`message ${said}`)
  await ada.messages.atEnd()
})

test('in any low window, who writes or reads by the keys sees the row at hand', async () => {
  const seed = chooseSeed()
  console.log(`low windows: SEED=${seed}`)
  const random = createRandom(seed)
  // A row is seen only where its list is.
  const outside = `((log, parts) => parts.filter((part) => {
    const { top, bottom, left, right } = part.getBoundingClientRect()
    const least = log.contains(part) ? log.getBoundingClientRect().top : 0
    return top < least || left < 0 || bottom > innerHeight || right > innerWidth
  }).map((part) => part.id))(document.querySelector('#log'), [
    ...document.querySelectorAll('#send, #content'),
    document.querySelector('#timeline').lastElementChild])`
  const sizes = Array.from(
    { length: times(12) },
    () => [500 + random(500), 180 + random(200)] as const,
  )
  for (const [width, height] of [[844, 180] as const, ...sizes]) {
    const about = { seed, width, height }
    await ada.emulate({ width, height, dark: random(2) === 0 })
    await ada.composer.field.focus()
    await ada.messages.atEnd()
    // Nobody leaves the field before it is drawn: a machine may be busy.
    await ada.settled()
    expect({ about, out: await ada.evaluate(outside) }).toEqual({ about, out: [] })
    // Who reads by the keys sees the row they are at.
    await ada.press('Tab', ['Shift'])
    await ada.messages.log.focus()
    await ada.press('ArrowUp')
    await ada.settled()
    const isWhole = `((row, { top, bottom }) => {
      const box = row.getBoundingClientRect()
      return row.matches('.msg') && box.top >= top && box.bottom <= bottom
    })(document.activeElement, document.querySelector('#log').getBoundingClientRect())`
    expect({ about, isWhole: await ada.evaluate(isWhole) }).toEqual({ about, isWhole: true })
    await ada.evaluate('document.activeElement.blur()')
    await ada.part('#head').shown()
    const out = `((box) => box.bottom - innerHeight)
      (document.querySelector('#send').getBoundingClientRect())`
    expect({ about, isBelow: (await ada.evaluate<number>(out)) > 0 }).toEqual({
      ...{ about, isBelow: false },
    })
  }
})

test('a menu stays in the window when that changes its size', async () => {
  await ada.emulate({ width: 1280, height: 800 })
  await ada.row(`message ${said}`).openMenu()
  for (const [width, height] of [[820, 500] as const, [500, 700] as const, [1280, 800] as const]) {
    await ada.emulate({ width, height })
    await ada.settled()
    const { left, right, top, bottom } = await ada.part('#tools-menu').ask((menu) => {
      const { left, right, top, bottom } = menu.getBoundingClientRect()
      return { left, right, top, bottom }
    })
    const isIn = left >= 0 && right <= width && top >= 0 && bottom <= height && bottom > top
    expect({ width, height, isIn }).toEqual({ width, height, isIn: true })
  }
  await ada.press('Escape')
})

test('nothing was reported against the policy', () => expectNoProblems(ada))
