import { comeOnline, fillLargeServer, listPages } from '../helpers/large-server'
import { startServer } from '../helpers/server'
import { quantile } from './probes'

/**
 * What each page with a list of rooms or people takes on a large server, in milliseconds and
 * kilobytes.
 */
const size = { people: 20_000, rooms: 10_000, online: 3_000, own: 1_000 }
const rounds = 15

if (import.meta.main) {
  await using server = await startServer({ compiled: true })
  await server.stop()
  const { reader, everybody } = fillLargeServer(server.data, size)
  await server.restart()
  await comeOnline(server, reader, size)
  console.log(JSON.stringify(size))
  for (const { path, headers } of listPages(everybody)) {
    const times: number[] = []
    let bytes = 0
    for (let round = 0; round < rounds; round += 1) {
      const startedAt = performance.now()
      const answer = await fetch(server.origin + path, {
        redirect: 'manual',
        headers: { Cookie: reader.cookie, 'Accept-Encoding': 'identity', ...headers },
      })
      bytes = (await answer.arrayBuffer()).byteLength
      times.push(performance.now() - startedAt)
      if (answer.status >= 400) throw new Error(`${path} was answered with ${answer.status}`)
    }
    const [median, worst] = [quantile(times, 0.5), quantile(times, 1)].map((ms) => ms.toFixed(1))
    const kind = headers.Accept ?? (headers['HX-Request'] === undefined ? 'page' : 'fragment')
    console.log(
      `${(bytes / 1024).toFixed(1).padStart(7)} KB ${median} ms (${worst}) ${path} ${kind}`,
    )
  }
  process.exit(0)
}
