import { join } from 'node:path'
import { openBrowserPage } from '../helpers/browser'
import { startServer } from '../helpers/server'

/**
 * The cost of the copy in the browser, in a real one: adding a message in chunks against one JSON
 * value, searching and exporting all of it. `bun test/bench/history.ts [messages]`
 */
const total = Number(process.argv[2] ?? 10_000)
const server = await startServer()
const built = await Bun.build({
  entrypoints: [join(import.meta.dir, 'history-in-page.ts')],
  target: 'browser',
  format: 'iife',
})
const page = await openBrowserPage()
await page.goto(`http://bench.localhost:${server.port}/`)
// Through the debugger: the page's own policy allows no script from elsewhere.
await page.cdp('Runtime.evaluate', { expression: await built.outputs[0]?.text() })
console.log(JSON.stringify(await page.evaluate(`measureHistory(${total})`), null, 1))
page.close()
await server.dispose()
