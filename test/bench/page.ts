import { type ChatClient, openSocket, type Person, signIn } from '../helpers/client'
import { type RunningServer, startServer } from '../helpers/server'
import type { Figure } from './figures'
import { footprint, longestTask, quantile, slowDown, watchPages } from './probes'
import { measureFirstLoad, measureSwitching } from './page-loads'
import { type ChatPage, enter } from '../browser/pages/chat-page'

export type Stage = {
  server: RunningServer
  page: ChatPage
  robot: Person
  script: ChatClient
  /** How much the script has said so far. */
  said: number
}

const rounds = 3
const entersPerRound = 20

/** What somebody waits for in a real browser, with a full list of 400 rows. */
export async function* benchPage(): AsyncGenerator<Figure[]> {
  await using server = await startServer({ compiled: true })
  const robot = await signIn(server, 'Robot')
  const script = await openSocket(server, robot)
  const page = await enter(server.port, 'Ada', 'a')
  await watchPages(page)
  await page.evaluate(`location.reload()`)
  await page.waitFor(`window.bench && document.querySelector('#connection')?.hidden`, 'the room')
  const stage: Stage = { server, page, robot, script, said: 0 }
  await burst(stage, 450)
  yield await measureEnter(stage)
  yield await measureBursts(stage)
  yield await measureCatchUp(stage)
  yield await measureSwitching(stage)
  yield await measureLongStay(stage)
  page.close()
  yield await measureFirstLoad(server, rounds)
  script.cut()
}

/** One value per round becomes one figure. */
export function figureOf(scenario: string, figure: string, unit: string, all: number[]): Figure {
  return { bench: 'page', scenario, figure, unit, rounds: { page: all } }
}

async function measureEnter({ page }: Stage): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const rate of [1, 4]) {
    const [p50, p95]: [number[], number[]] = [[], []]
    await slowDown(page, rate)
    for (let round = 0; round <= rounds; round += 1) {
      await page.evaluate(`(bench.enters = [], document.querySelector('#content').focus())`)
      for (let n = 0; n < entersPerRound; n += 1) {
        await page.type('A line of a usual length')
        await page.press('Enter')
        await page.waitFor(`bench.enters.length > ${n}`, 'the row on the screen')
      }
      // The answers still come.
      await page.messages.pending.gone()
      const times = await page.evaluate<number[]>(`bench.enters`)
      if (round === 0) continue
      p50.push(quantile(times, 0.5))
      p95.push(quantile(times, 0.95))
    }
    const scenario = `Enter to painted, 400 rows, ${rate}× slower`
    figures.push(figureOf(scenario, 'p50', 'ms', p50), figureOf(scenario, 'p95', 'ms', p95))
  }
  await slowDown(page, 1)
  return figures
}

/** From the first message at the server to the last one on the screen, in milliseconds. */
async function burst(stage: Stage, count: number): Promise<number> {
  const { page, script } = stage
  const from = stage.said
  stage.said += count
  const seen = page.evaluate<number>(`bench.seen('#timeline > [id$="-m-${stage.said}"]')`)
  await Bun.sleep(100)
  const posts = Array.from({ length: count }, (_, n) => {
    return script.post(1, `m-${from + n + 1}`, `Message ${from + n + 1} of a usual length, or so`)
  })
  const answers = await Promise.all(posts)
  const times = answers.map((answer) => Date.parse('timestamp' in answer ? answer.timestamp : ''))
  return (await seen) - Math.min(...times)
}

async function measureBursts(stage: Stage): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const count of [100, 1_000]) {
    const [painted, longest]: [number[], number[]] = [[], []]
    await longestTask(stage.page)
    for (let round = 0; round < rounds; round += 1) {
      painted.push(await burst(stage, count))
      longest.push(await longestTask(stage.page))
      await Bun.sleep(300)
    }
    const scenario = `${count} messages at once`
    figures.push(figureOf(scenario, 'painted', 'ms', painted))
    figures.push(figureOf(scenario, 'longest task over 50', 'ms', longest))
  }
  return figures
}

/** The page was away for 1,000 messages: from the network's return to the last one painted. */
async function measureCatchUp(stage: Stage): Promise<Figure[]> {
  const { page, script } = stage
  const figures: Figure[] = []
  for (const count of [100, 1_000]) {
    const [painted, longest]: [number[], number[]] = [[], []]
    for (let round = 0; round < rounds; round += 1) {
      await page.evaluate(`(bench.away = true, bench.sockets.at(-1).close())`)
      const posts = Array.from({ length: count }, () => {
        stage.said += 1
        return script.post(1, `m-${stage.said}`, `Message ${stage.said}, said meanwhile`)
      })
      await Promise.all(posts)
      await longestTask(page)
      await page.waitFor(`bench.sockets.at(-1).isLost`, 'a try without a network')
      const back = `(bench.away = false, bench.back = Date.now(),
        bench.sockets.at(-1).onclose({ code: 1006 }), dispatchEvent(new Event('online')),
        bench.seen('#timeline > [id$="-m-${stage.said}"]').then((at) => at - bench.back))`
      painted.push(await page.evaluate<number>(back))
      longest.push(await longestTask(page))
      await page.connection.gone()
    }
    const scenario = `back after ${count} messages`
    figures.push(figureOf(scenario, 'painted', 'ms', painted))
    figures.push(figureOf(scenario, 'longest task over 50', 'ms', longest))
  }
  return figures
}

async function measureLongStay(stage: Stage): Promise<Figure[]> {
  while (stage.said < 10_000) await burst(stage, 500)
  const { heapBytes, nodes } = await footprint(stage.page)
  return [
    figureOf('after 10,000 messages', 'heap', 'MB', [heapBytes / 1e6]),
    figureOf('after 10,000 messages', 'elements', '', [nodes]),
  ]
}
