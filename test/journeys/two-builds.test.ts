import { afterAll, beforeAll, expect, test } from 'bun:test'
import { brotliCompressSync } from 'node:zlib'
import { createFinder } from '../../src/kept-assets'
import { createAssets } from '../../src/store/postgres/assets'
import { createDriver, type Driver } from '../../src/store/postgres/driver'
import type { KeptAssets } from '../../src/store/store'
import { sharedPostgres } from '../helpers/postgres'
import { type RunningServer, startServer } from '../helpers/server'
import { describeOnPostgres } from '../store/postgres/databases'

/** A node of one build, and what nodes of another one keep. */
let node: RunningServer
let driver: Driver
let kept: KeptAssets

describeOnPostgres('nodes of two builds', () => {
  beforeAll(async () => {
    const url = await (await sharedPostgres()).create()
    node = await startServer({ flags: ['--database', url, '--accept-loss'] })
    driver = createDriver(url)
    kept = createAssets(driver)
  })
  afterAll(async () => {
    await node.dispose()
    await driver.close()
  })

  const get = (name: string, encoding: string): Promise<Response> =>
    fetch(`${node.origin}/static/${name}`, { headers: { 'Accept-Encoding': encoding } })

  test('a page of another build gets its scripts from any node', async () => {
    const script = 'export const create = () => {}'
    const file = 'lazy-search-0a1b2c3d.js'
    expect((await get(file, 'br')).status).toBe(404)
    await kept.put(file, Buffer.from(script), Date.now())
    await kept.put(`${file}.br`, brotliCompressSync(script), Date.now())
    for (const encoding of ['br', 'identity', 'br']) {
      const answer = await get(file, encoding)
      expect(answer.headers.get('content-encoding')).toBe(encoding === 'br' ? 'br' : null)
      expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
      expect(answer.headers.get('cache-control')).toContain('immutable')
      expect(await answer.text()).toBe(script)
    }
    for (const name of [`${file}.br`, 'lazy-search-0a1b2c3e.js', 'x', `${file}%00.js`])
      expect({ name, status: (await get(name, 'br')).status }).toEqual({ name, status: 404 })
  })

  test('made-up names, and all pages at once, ask the database a few times', async () => {
    const name = 'lazy-emoji-0a1b2c3d.js'
    await kept.put(name, Buffer.from('emoji'), Date.now())
    const asked: string[] = []
    const find = createFinder({
      ...kept,
      names: () => (asked.push('names'), kept.names()),
      find: (wanted) => (asked.push(wanted), kept.find(wanted)),
    })
    const made = Array.from({ length: 500 }, (_, n) => `made-up-${n}.js`)
    for (const wanted of [made, Array(50).fill(name), made]) {
      const found = await Promise.all(wanted.map((one) => find(one, 'br')))
      expect(found.filter((one) => one !== null)).toHaveLength(wanted === made ? 0 : 50)
    }
    expect(asked).toEqual(['names', name, 'names'])
  })

  test('what a node has built is there before its first page', async () => {
    const page = await (await fetch(node.origin)).text()
    const names = [...page.matchAll(/static\/([\w.-]+-\w+\.(?:js|css|svg))/g)].map(
      ([, name]) => name,
    )
    expect(names.length).toBeGreaterThan(5)
    for (const name of new Set(names)) {
      expect(await kept.find(name ?? '')).toEqual(await (await get(name ?? '', 'identity')).bytes())
    }
  })

  test('a file goes a day after the last node of its build', async () => {
    const hourMs = 60 * 60_000
    const at = Date.now() + 1_000 * hourMs
    for (const name of ['old-1.js', 'new-1.js']) await kept.put(name, Buffer.from(name), at)
    expect(await kept.keep(['new-1.js', 'new-2.js'], at + 6 * hourMs)).toEqual(['new-2.js'])
    await kept.keep(['new-1.js'], at + 23 * hourMs)
    expect(await kept.find('old-1.js')).not.toBeNull()
    await kept.keep(['new-1.js'], at + 25 * hourMs)
    expect(await kept.find('old-1.js')).toBeNull()
    expect(await kept.find('new-1.js')).toEqual(Buffer.from('new-1.js'))
  })
})
