import { limits } from '../../src/shared/limits'
import { createRandom } from '../bench/corpus'
import { history, openSocket, type Person, signIn } from '../helpers/client'
import { type RunningServer, startServer } from '../helpers/server'
import { compareWithHistory, createReadings, type PageReadings } from './page-readings'
import { above, type FaultTest, type Figures, unlike } from './promise'
import { type Cut, type CuttingProxy, openCuttingProxy } from './proxy'
import { type ChatPage, enter } from '../browser/pages/chat-page'

type Size = {
  cuts: number
  seed: number
  /** Between two cuts at least. */
  pauseMs: number
  /** How long convergence is awaited; what is not there by then is missing. */
  patienceMs: number
  stallMs: number
  /** At the end nothing passes for so long; then last frames are lost, each without a word. */
  blackHoleMs: number
  tailLosses: number
  /** The planted fault: the page never asks for what it missed. */
  forgets?: boolean
}

const small: Size = {
  cuts: 5,
  seed: 5,
  pauseMs: 0,
  patienceMs: 20_000,
  stallMs: 300,
  blackHoleMs: 0,
  tailLosses: 0,
}

const messagesPerSecond = 20
/** What the page takes to find out that nobody is there: a beat, and the wait for its answer. */
const heartbeatMs = limits.heartbeatMs + limits.answerMsMax
/** What it waits for a greeting. */
const greetingMs = limits.answerMsMax
const convergedMsMax = 5_000

const rareMsMax = {
  afterBlackHoleMs: convergedMsMax,
  afterTailLossMsMax: heartbeatMs + convergedMsMax,
  afterMuteMs: greetingMs + convergedMsMax,
}

/**
 * T5: a real page in a real browser behind a proxy that cuts, stalls and swallows, while twenty
 * messages a second are said and the page says some itself; what it shows is read all the time.
 */
export const rejoined: FaultTest<Size> = {
  id: 'P5',
  says: 'After any break a page has missed nothing and shows nothing twice.',
  small,
  full: {
    cuts: 200,
    seed: 5,
    pauseMs: 2_500,
    patienceMs: 20_000,
    stallMs: 2_000,
    blackHoleMs: 60_000,
    tailLosses: 2,
  },
  run,
  broken: (figures, { blackHoleMs }) => [
    ...unlike(figures, { missing: 0, doubled: 0, disordered: 0, otherThanHistory: 0 }),
    ...unlike(figures, { ownLost: 0, ownDoubled: 0 }),
    ...above(figures, { convergedMsMax }),
    ...(blackHoleMs > 0 ? above(figures, rareMsMax) : []),
  ],
  control: () => run({ ...small, cuts: 1, patienceMs: 1_500, forgets: true }),
}

async function run(size: Size): Promise<Figures> {
  await using server = await startServer()
  const ada = await signIn(server, 'Ada')
  const talk = await keepTalking(server, ada)
  const proxy = await openCuttingProxy(server.port)
  const page = await enter(proxy.port, 'Reader', 'a')
  if (size.forgets) await page.evaluate(neverAsks)
  const readings = createReadings(page, talk.head)
  const own: string[] = []
  const random = createRandom(size.seed)
  const waits: number[] = []
  for (let n = 0; n < size.cuts; n += 1) {
    if (n % 5 === 1) await sayOwn(page, own)
    await proxy.cut(someCut(n, size.stallMs, random))
    waits.push(await readings.converged(size.patienceMs))
    await Bun.sleep(size.pauseMs)
  }
  const rare = await rareCuts(proxy, readings, size)
  await sayOwn(page, own)
  await talk.stop()
  await readings.converged(size.patienceMs)
  const compared = await compareWithHistory(page, await history(server, ada, 1), own)
  page.close()
  proxy.close()
  const convergedMsMax = Math.max(...waits)
  const messages = talk.head()
  return {
    cuts: waits.length,
    messages,
    convergedMsMax,
    ...rare,
    ...readings.figures(),
    ...compared,
  }
}

/** Kinds in turn, as hard as chance wants it. */
function someCut(n: number, stallMs: number, random: () => number): Cut {
  const some = Math.round(random() * stallMs)
  const kinds: Cut[] = [
    { kind: 'inside', bytes: Math.round(random() * 4_000) },
    { kind: 'reset' },
    { kind: 'stall', ms: some },
    { kind: 'half-open', ms: some },
    { kind: 'inside', bytes: Math.round(random() * 100) },
  ]
  return kinds[n % kinds.length] ?? { kind: 'reset' }
}

/** What takes its time: a dead network, last frames that are lost, a door that never answers. */
async function rareCuts(
  proxy: CuttingProxy,
  readings: PageReadings,
  { blackHoleMs, tailLosses, patienceMs }: Size,
): Promise<Figures> {
  if (blackHoleMs === 0) return {}
  await proxy.cut({ kind: 'stall', ms: blackHoleMs })
  const afterBlackHoleMs = await readings.converged(patienceMs)
  let afterTailLossMsMax = 0
  for (let n = 0; n < tailLosses; n += 1) {
    await proxy.cut({ kind: 'deaf' })
    const ms = await readings.converged(heartbeatMs + patienceMs)
    afterTailLossMsMax = Math.max(afterTailLossMsMax, ms)
  }
  await proxy.cut({ kind: 'mute', ms: 3_000 })
  const afterMuteMs = await readings.converged(greetingMs + patienceMs)
  return { afterBlackHoleMs, afterTailLossMsMax, afterMuteMs }
}

/** The page throws away its own questions for what it missed. */
const neverAsks = `(() => {
  const send = WebSocket.prototype.send
  WebSocket.prototype.send = function (text) {
    if (!text.includes('"resume"')) send.call(this, text)
  }
})()`

async function sayOwn(page: ChatPage, own: string[]): Promise<void> {
  const text = `own ${own.length}`
  own.push(text)
  await page.send(text)
}

type Talk = { head: () => number; stop: () => Promise<void> }

/** Somebody else, whose connection is never cut, says twenty messages a second. */
async function keepTalking(server: RunningServer, person: Person): Promise<Talk> {
  const socket = await openSocket(server, person)
  let head = 0
  let n = 0
  const sent: Promise<unknown>[] = []
  const post = async (): Promise<void> => {
    n += 1
    const answer = await socket.post(1, `t-${n}`, `said ${n}`)
    if (answer.type === 'accepted') head = Math.max(head, answer.seq)
  }
  const timer = setInterval(() => void sent.push(post()), 1_000 / messagesPerSecond)
  return {
    head: () => head,
    async stop() {
      clearInterval(timer)
      await Promise.all(sent)
      await socket.close()
    },
  }
}
