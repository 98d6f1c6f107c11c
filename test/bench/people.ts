import { fillLargeServer } from '../helpers/large-server'
import { startServer } from '../helpers/server'
import { quantile } from './probes'

/** What a search for people takes in a room of 20,000, in milliseconds, from outside. */
const size = { people: 20_000, rooms: 100, online: 1, own: 50 }
const rounds = 30
/** All of them, some, one, nobody. */
const queries = ['', 'p', 'person 7', 'erson', '12', 'person 19999', 'zzz']

if (import.meta.main) {
  await using server = await startServer({ compiled: true })
  await server.stop()
  const { reader, everybody } = fillLargeServer(server.data, size)
  await server.restart()
  for (const room of [`&room=${everybody}`, '']) {
    for (const q of queries) {
      const times: number[] = []
      for (let round = 0; round < rounds; round += 1) {
        const startedAt = performance.now()
        const path = `/people?q=${encodeURIComponent(q)}${room}`
        const headers = { Cookie: reader.cookie, 'HX-Request': 'true' }
        const answer = await fetch(server.origin + path, { headers })
        await answer.arrayBuffer()
        times.push(performance.now() - startedAt)
        if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}`)
      }
      const [half, most] = [quantile(times, 0.5), quantile(times, 1)].map((ms) => ms.toFixed(1))
      console.log(`${half} ms (${most}) ${JSON.stringify(q)} ${room === '' ? 'everybody' : 'room'}`)
    }
  }
  process.exit(0)
}
