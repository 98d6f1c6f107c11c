import { beforeAll, expect, test } from 'bun:test'
import { loadAssets } from '../../src/assets'
import { createApp } from '../../src/http/app'
import type { HttpDeps } from '../../src/http/context'
import { createPaths } from '../../src/shared/paths'
import { type Person, signIn } from '../helpers/client'
import { postFiles, upload } from '../helpers/files'
import { chooseSeed, createRandom } from '../helpers/random'
import { originOf, serverForAll } from '../helpers/server'

const server = serverForAll()
let ada: Person
const files: string[] = []

beforeAll(async () => {
  ada = await signIn(server(), 'Ada')
  // One that is sent from memory, and one from the disk.
  for (const size of [5_000, 3_000_000]) {
    const { id, url } = await upload(server(), ada, 'x'.repeat(size), { name: 'a.txt' })
    await postFiles(server(), ada, 1, `file-${size}`, [id], 'Read me')
    files.push(url)
  }
})

const routes = (() => {
  const parts = { chat: { paths: createPaths('/'), config: { publicUrl: null }, store: {} } }
  const app = createApp({ ...parts, assets: loadAssets() } as unknown as HttpDeps)
  return app.routes.filter(({ method, path }) => method !== 'ALL' && path !== '/socket')
})()

/** Addresses of a route, some of which lead somewhere. */
function addressesOf(path: string): string[] {
  if (path.startsWith('/attachments/')) return files
  const id = path.startsWith('/rooms') ? '1' : 'none'
  const filled = path.replace(/:\w+\??/g, id)
  return filled === '/search' ? ['/search?q=read', '/search'] : [filled]
}

async function ask(method: string, path: string, headers: Record<string, string>) {
  const answer = await fetch(server().origin + path, {
    method,
    redirect: 'manual',
    keepalive: false,
    headers: { Cookie: ada.cookie, Origin: originOf(server()), ...headers },
  })
  const { size } = await answer.blob()
  const { date, connection, ...told } = Object.fromEntries(answer.headers)
  return { size, connection, answered: { status: answer.status, date: date !== undefined, told } }
}

test('HEAD says of every address what GET says, and GET the length that it sends', async () => {
  const seed = chooseSeed()
  console.log(`seed ${seed}`)
  const random = createRandom(seed)
  const pick = (texts: string[]): string => texts[random(texts.length)] ?? ''
  for (const { path } of routes.filter(({ method }) => method === 'GET')) {
    for (const address of addressesOf(path)) {
      const headers: Record<string, string> = {
        'Accept-Encoding': 'identity',
        Accept: pick(['text/html', 'application/json', '*/*']),
        Range: pick(['bytes=0-99', 'bytes=-1', 'bytes=100-', 'bytes=9000000-', 'lines=1-2']),
      }
      if (random(2) === 0) delete headers.Range
      if (random(3) === 0) headers['HX-Request'] = 'true'
      if (random(4) === 0) headers.Cookie = ''
      const got = await ask('GET', address, headers)
      const head = await ask('HEAD', address, headers)
      expect({ address, headers, ...head.answered }).toEqual({ address, headers, ...got.answered })
      const { 'content-length': length, 'transfer-encoding': encoding } = got.answered.told
      const isExport = address.includes('/export.') && got.answered.status === 200
      if (isExport) expect({ address, encoding }).toEqual({ address, encoding: 'chunked' })
      else if (got.answered.status !== 204)
        expect({ address, length }).toEqual({ address, length: String(got.size) })
    }
  }
})

test('a method that an address does not have is answered with those that it has', async () => {
  const seed = chooseSeed()
  console.log(`seed ${seed}`)
  const random = createRandom(seed)
  const methods = ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND', 'PURGE', 'QUERY', 'GET', 'POST']
  const shapes = Map.groupBy(routes, ({ path }) => path)
  for (const [path, known] of shapes) {
    const has = new Set(known.map(({ method }) => method))
    const method = methods.filter((each) => !has.has(each))[random(methods.length - has.size)] ?? ''
    const address = path.replace(/:\w+\??/g, '1')
    const answer = await fetch(server().origin + address, {
      method,
      headers: { Cookie: ada.cookie, Origin: originOf(server()), Accept: 'text/html' },
    })
    expect({ method, path, status: answer.status }).toEqual({ method, path, status: 405 })
    const allowed = answer.headers.get('allow')?.split(', ') ?? []
    expect(allowed).not.toContain(method)
    for (const each of has) if (/GET|POST/.test(method)) expect(allowed).toContain(each)
    expect(await answer.text()).toContain('cannot be used that way')
  }
})
