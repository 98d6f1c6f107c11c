import { type ChatClient, openSocket, signIn } from '../helpers/client'
import { startServer } from '../helpers/server'

/**
 * What 200 people who write at once cost the others: the time from a post to its arrival at a
 * reader, with nobody writing and with all of them, in turns within one run.
 * `bun test/bench/typing.ts`
 */
const writers = 200
const rounds = 6
const messagesPerRound = 100

if (import.meta.main) {
  await using server = await startServer()
  const poster = await openSocket(server, await signIn(server, 'Poster'))
  const reader = await openSocket(server, await signIn(server, 'Reader'))
  const crowd: ChatClient[] = []
  for (let n = 0; n < writers; n += 1) {
    crowd.push(await openSocket(server, await signIn(server, `Writer ${nameOf(n)}`)))
  }
  await measure(poster, reader, 'warm')
  const quiet: number[] = []
  const busy: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    quiet.push(...(await measure(poster, reader, `quiet-${round}`)))
    const stop = write(crowd)
    busy.push(...(await measure(poster, reader, `busy-${round}`)))
    stop()
  }
  const [a, b] = [percentiles(quiet), percentiles(busy)]
  console.log(JSON.stringify({ writers, quiet: a, busy: b, ratio: round2(b.p50 / a.p50) }))
  for (const client of [poster, reader, ...crowd]) client.cut()
}

/** Each says that it writes every three seconds, as the page does, spread over the time. */
function write(crowd: ChatClient[]): () => void {
  const timers = crowd.map((client, n) => {
    const say = (): void => client.send({ type: 'typing', room: 1, active: true })
    return setTimeout(
      () => {
        say()
        timers[n] = setInterval(say, 3_000)
      },
      (n / crowd.length) * 3_000,
    )
  })
  return () => {
    for (const timer of timers) clearInterval(timer)
  }
}

async function measure(poster: ChatClient, reader: ChatClient, run: string): Promise<number[]> {
  const times: number[] = []
  for (let n = 0; n < messagesPerRound; n += 1) {
    const id = `${run}-${n}`
    reader.heard.length = 0
    const startedAt = performance.now()
    void poster.post(1, id, 'How long does this take?')
    await reader.until((item) => item.type === 'message' && item.client_id === id, id)
    times.push(performance.now() - startedAt)
    await Bun.sleep(20)
  }
  return times
}

function percentiles(times: number[]): { p50: number; p95: number } {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (part: number): number => round2(sorted[Math.floor(sorted.length * part)] ?? 0)
  return { p50: at(0.5), p95: at(0.95) }
}

function round2(value: number): number {
  return Math.round(value * 100) / 100
}

/** Names that do not look alike. */
function nameOf(n: number): string {
  const letters = 'abcdefghjk'
  return [...String(n)].map((digit) => letters[Number(digit)]).join('')
}
