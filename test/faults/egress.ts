import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { openSocket, type Person, readJson, signIn } from '../helpers/client'
import { fetchAs, png, postFiles, upload } from '../helpers/files'
import { makeRoom } from '../helpers/rooms'
import { makeFolder, removeFolder } from '../helpers/folders'
import { type RunningServer, startServer } from '../helpers/server'
import { below, type FaultTest, type Figures, unlike } from './promise'
import { socketsOf } from './sockets'

type Size = {
  /** Folders of tests during which the system calls of every server are watched. */
  folders: string[]
  /** The planted fault: the server calls somebody when it starts. */
  calls?: boolean
}

/**
 * T20: people say, send and ask what a careless server would look up, while somebody listens at the
 * addresses they name and the kernel is asked for the server's sockets. At full size parts of the
 * suite run with every server under strace, which sees each `connect()`.
 */
export const alone: FaultTest<Size> = {
  id: 'P20',
  says: 'The server contacts nobody.',
  small: { folders: [] },
  full: { folders: ['journeys', 'http', 'socket', 'hostile'] },
  run,
  broken: (figures, { folders }) =>
    figures.blocked !== undefined
      ? [`Not measured: ${figures.blocked}`]
      : [
          ...unlike(figures, { calls: 0, foreignSockets: 0, connects: 0, testsFailed: 0 }),
          ...below(figures, { serversTraced: folders.length * 5 }),
        ],
  control: () => run({ folders: [], calls: true }),
}

async function run({ folders, calls = false }: Size): Promise<Figures> {
  const figures = await listenWhileTalking(calls)
  if (folders.length === 0) return { ...figures, connects: 0, testsFailed: 0, serversTraced: 0 }
  return { ...figures, ...(await traceTests(folders)) }
}

/** Counts who comes to the addresses that people named, and sockets that are not ours. */
async function listenWhileTalking(isCalling: boolean) {
  let calls = 0
  const called = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: () => (calls++, new Response()),
  })
  const url = `http://127.0.0.1:${called.port}`
  const planted = {
    compiled: false,
    env: { BUN_OPTIONS: '--preload ./test/faults/calling.ts', TEST_CALLED: url },
  }
  const server = await startServer(isCalling ? planted : {})
  const foreign = new Set<number>()
  const sampling = setInterval(() => {
    for (const { localPort, remotePort } of socketsOf(server.pid)) {
      if (localPort !== server.port) foreign.add(remotePort)
    }
  }, 5)
  await nameAddresses(server, await signIn(server, 'Ada'), url)
  await Bun.sleep(300)
  clearInterval(sampling)
  await server.dispose()
  await called.stop(true)
  return { calls, foreignSockets: foreign.size }
}

/** Links, pictures, documents and forms that hold an address. */
async function nameAddresses(server: RunningServer, ada: Person, url: string): Promise<void> {
  const socket = await openSocket(server, ada)
  const texts = [url, `[x](${url}/a)`, `![x](${url}/b.png)`, `<img src="${url}/c">`, `@${url}/d`]
  for (const [n, text] of texts.entries()) await socket.post(1, `e-${n}`, text)
  const documents: [name: string, type: string, body: string][] = [
    [
      'x.svg',
      'image/svg+xml',
      `<svg xmlns="http://www.w3.org/2000/svg"><image href="${url}/e"/></svg>`,
    ],
    ['x.html', 'text/html', `<link rel="stylesheet" href="${url}/f">`],
    ['x.xml', 'text/xml', `<!DOCTYPE x [<!ENTITY e SYSTEM "${url}/g">]><x>&e;</x>`],
    ['x.m3u8', 'application/vnd.apple.mpegurl', `#EXTM3U\n${url}/h`],
    ['x.url', 'text/plain', `[InternetShortcut]\r\nURL=${url}/i`],
  ]
  for (const [n, [name, type, body]] of documents.entries()) {
    const { id } = await upload(server, ada, body, { name, type, description: url })
    await postFiles(server, ada, 1, `f-${n}`, [id], url)
  }
  const picture = await upload(server, ada, png(8, 8), { name: 'p.png', type: 'image/png' })
  await postFiles(server, ada, 1, 'picture', [picture.id])
  await makeRoom(server, ada, 'Room with an address')
  const headers = { Referer: url, 'X-Forwarded-Host': url, Forwarded: `host=${url}` }
  for (const path of ['/rooms/1', '/rooms/1/export.html', `/search?q=${encodeURIComponent(url)}`]) {
    await (await fetchAs(server, ada, path, headers)).text()
  }
  await readJson(server, ada, '/rooms/1/messages')
  await socket.close()
}

/** Runs tests with every server of theirs under strace, and counts the calls to the network. */
async function traceTests(folders: string[]): Promise<Figures> {
  const strace = Bun.which('strace')
  if (strace === null) return { blocked: 'strace is not installed.' }
  const folder = makeFolder()
  const under = [
    strace,
    '-D',
    '-ff',
    '-qq',
    '-e',
    'trace=execve,connect',
    '-o',
    join(folder, 'trace'),
  ]
  const root = join(import.meta.dir, '..', '..')
  const paths = folders.map((name) => `./test/${name}`)
  const tests = Bun.spawn([process.execPath, 'test', ...paths], {
    cwd: root,
    env: { ...process.env, CHATROOM_TEST_UNDER: under.join('\n') },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const said = await new Response(tests.stderr).text()
  await tests.exited
  const traces = await Promise.all(
    readdirSync(folder).map((name) => Bun.file(join(folder, name)).text()),
  )
  removeFolder(folder)
  const failed = [...said.matchAll(/^\(fail\) (.*)$/gm)].map(([, name]) => name)
  for (const name of new Set(failed)) console.error(`  under strace failed: ${name}`)
  return {
    tests: Number(/^ *(\d+) pass/m.exec(said)?.[1] ?? 0),
    testsFailed: Number(/^ *(\d+) fail/m.exec(said)?.[1] ?? -1),
    serversTraced: traces.filter((text) => text.includes('execve(')).length,
    connects: traces.join('\n').match(/connect\(\d+, \{sa_family=AF_INET/g)?.length ?? 0,
  }
}
