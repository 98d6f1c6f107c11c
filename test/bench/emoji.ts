import { startServer } from '../helpers/server'
import { type ChatPage, enter } from '../browser/pages/chat-page'

/**
 * What it takes from the press of the emoji button to the painted panel, in a real browser: for the
 * first time, two seconds after the page was loaded; at once after the load, with nothing fetched;
 * with its names already there (as after a `:name`); and again. Also a key in the search, and the
 * first key that opens the list of names. `bun run bench emoji`
 */
const rounds = 15
const againPerRound = 5

/** After the next frame has been painted. */
const painted = `(done) => requestAnimationFrame(() => {
  const channel = new MessageChannel()
  channel.port1.onmessage = () => done(performance.now() - start)
  channel.port2.postMessage(0)
})`

if (import.meta.main) {
  await using server = await startServer()
  const page = await enter(server.port, 'Ada', 'a')
  const times: Record<string, number[]> = {
    first: [],
    cold: [],
    fetched: [],
    again: [],
    search: [],
    name: [],
  }
  for (let round = 0; round < rounds; round += 1) {
    await page.cdp('Network.clearBrowserCache')
    await page.reload()
    await Bun.sleep(2_500)
    times.first?.push(await measureOpen(page))
    await page.cdp('Network.clearBrowserCache')
    await page.reload()
    await Bun.sleep(300)
    times.cold?.push(await measureOpen(page))
    await page.reload()
    await Bun.sleep(300)
    times.name?.push(await measureName(page))
    times.fetched?.push(await measureOpen(page))
    for (let n = 0; n < againPerRound; n += 1) {
      times.search?.push(await measureSearch(page))
      await page.press('Escape')
      await Bun.sleep(100)
      times.again?.push(await measureOpen(page))
    }
  }
  const cold = percentiles(times.cold ?? [])
  const results = Object.entries(times).map(([name, each]) => {
    const { p50, p95 } = percentiles(each)
    return [name, { p50, p95, toCold: round2(p50 / cold.p50) }]
  })
  console.log(JSON.stringify({ rounds, ms: Object.fromEntries(results) }))
  page.close()
}

function measureOpen(page: ChatPage): Promise<number> {
  return page.evaluate<number>(`new Promise((done) => {
    document.querySelector('#content').focus()
    const start = performance.now()
    const painted = ${painted}
    addEventListener('beforetoggle', () => painted(done), { capture: true, once: true })
    document.querySelector('#emoji-button').click()
  })`)
}

function measureSearch(page: ChatPage): Promise<number> {
  return page.evaluate<number>(`new Promise((done) => {
    const search = document.querySelector('#emoji-search')
    search.focus()
    search.value = 'h'
    const start = performance.now()
    const painted = ${painted}
    search.dispatchEvent(new InputEvent('input', { bubbles: true }))
    painted(done)
  })`)
}

/** A colon and two letters, with nothing fetched yet: until the list is painted. */
function measureName(page: ChatPage): Promise<number> {
  return page.evaluate<number>(`new Promise((done) => {
    const field = document.querySelector('#content')
    const options = document.querySelector('#options')
    field.focus()
    field.value = ''
    const start = performance.now()
    const painted = ${painted}
    new MutationObserver((_, watcher) => {
      if (options.hidden) return
      watcher.disconnect()
      field.value = ''
      field.dispatchEvent(new InputEvent('input', { bubbles: true }))
      painted(done)
    }).observe(options, { attributes: true })
    document.execCommand('insertText', false, ':jo')
  })`)
}

function percentiles(times: number[]): { p50: number; p95: number } {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (part: number): number => round2(sorted[Math.floor(sorted.length * part)] ?? 0)
  return { p50: at(0.5), p95: at(0.95) }
}

function round2(value: number): number {
  return Math.round(value * 100) / 100
}
