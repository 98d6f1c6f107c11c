import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { loadAssets } from '../../src/assets'
import { createApp } from '../../src/http/app'
import type { HttpDeps } from '../../src/http/context'
import { createPaths } from '../../src/shared/paths'
import { maskedFrame, openLine, upgradeRequest } from '../helpers/raw'
import { serverForAll, startServer } from '../helpers/server'
import { waitUntil } from '../helpers/wait'
import { requests } from './two-steps'
import { frames } from './two-steps-frames'
import type { Request, SentFrame } from './two-steps-parts'
import {
  countGhosts,
  type Happening,
  happen,
  type Needed,
  nameOf,
  openStage,
  type Scene,
  remember,
  settle,
  type Stage,
} from './two-steps-scene'

/**
 * A request or a frame begins, something happens, and it ends: what counts is who may do it at the
 * end. The lists are made from the router and the protocol.
 */
const happenings: Happening[] = [
  'nothing',
  'put out',
  'left',
  'logged out',
  'left for good',
  'device signed out',
  'session rotated',
  'room renamed',
  'role lost',
  'banned',
]

const sessionEnds = new Set<Happening>([
  'logged out',
  'left for good',
  'device signed out',
  'session rotated',
  'banned',
])

/** All that is stored is compared after each scene, and each scene stores more. */
const actsPerServer = 16

let stage: Stage
let scenes = 0

test('every route and every frame is classified', async () => {
  const paths = createPaths('/')
  const parts = { chat: { paths, config: { publicUrl: null }, store: {} }, assets: loadAssets() }
  const { routes } = createApp(parts as unknown as HttpDeps)
  const known = routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path}`)
  expect(Object.keys(requests).toSorted()).toEqual(known.toSorted())
  const parser = await Bun.file(join(import.meta.dir, '../../src/socket/frames.ts')).text()
  const types = [...parser.matchAll(/^ {4}case '([\w.]+)':/gm)].map(([, type = '']) => type)
  expect(Object.keys(frames).toSorted()).toEqual(types.toSorted())
})

onOwnServers(Object.entries(requests), (route, list, happening) => {
  if (list.every((request) => isWithoutMeaning(request, happening))) return
  test(`P24: ${route} in two steps: ${happening}`, async () => {
    for (const request of list) {
      // Nobody puts out or bans an owner of the server.
      const isAbove = happening === 'put out' || happening === 'banned'
      if (request.isOwner === true && isAbove) continue
      const begin = (scene: Scene) => beginRequest(scene, route, request)
      const seen = await observe(stage, happening, begin, request)
      // A frame is answered with a refusal in an answer that is right itself.
      expectRight(happening, request, route === 'POST /frames' ? { ...seen, status: '' } : seen)
    }
  })
})

onOwnServers(Object.entries(frames), (type, list, happening) => {
  test(`P24: the frame ${type} in two steps: ${happening}`, async () => {
    for (const frame of list) {
      const seen = await observe(stage, happening, (scene) => beginFrame(scene, frame))
      expectRight(happening, frame, { ...seen, status: '' })
    }
  })
})

test('P24: a server that recognises people before the request is complete is noticed', async () => {
  const planted = { BUN_OPTIONS: '--preload ./test/hostile/early-authority.ts' }
  await using early = await startServer({ compiled: false, env: planted })
  const own = await openStage(early)
  const route = 'POST /rooms/:id/messages'
  const empty = requests[route]?.[1]
  const made = requests['POST /rooms']?.[0]
  if (empty === undefined || made === undefined) throw new Error('both are on the list')
  const leak = await observe(own, 'put out', (scene) => beginRequest(scene, route, empty))
  expect(leak).toMatchObject({ status: '422', later: true })
  const act = await observe(own, 'session rotated', (scene) =>
    beginRequest(scene, 'POST /rooms', made),
  )
  expect(act).toMatchObject({ status: '303', effect: true })
  own.db.close()
})

/** Whether what happens cannot matter: the room to an owner, a name to those who see none. */
function isWithoutMeaning({ needs, shows }: Request, happening: Happening): boolean {
  if (happening === 'room renamed') return needs !== 'room' && needs !== 'host'
  if (needs === 'owner') return happening === 'left' || happening === 'put out'
  if (needs !== 'nothing' || shows !== 'nothing') return false
  return happening !== 'nothing' && happening !== 'logged out' && happening !== 'put out'
}

/** Adds the tests of these acts, a few acts to a server. */
function onOwnServers<Act>(
  acts: [string, Act][],
  addTest: (name: string, act: Act, happening: Happening) => void,
): void {
  for (let at = 0; at < acts.length; at += actsPerServer) {
    describe(`acts ${at + 1} and those that follow`, () => {
      const server = serverForAll({
        flags: ['--push'],
        // Nothing may change by itself between two looks at what is stored.
        env: {
          BUN_OPTIONS: '--preload ./test/helpers/short-limits.ts',
          TEST_LIMITS: JSON.stringify({ gatherLinesMs: 3_600_000, eraseMs: 3_600_000 }),
        },
      })
      beforeAll(async () => {
        stage = await openStage(server())
      })
      afterAll(() => {
        stage.db.close()
        stage.past.close()
      })
      for (const [name, act] of acts.slice(at, at + actsPerServer)) {
        for (const happening of happenings) addTest(name, act, happening)
      }
    })
  }
}

type Seen = { status: string; effect: boolean; later: boolean; ghosts: number; name: string }

/** The first step, what happens, and the second step; gives what was seen of it. */
async function observe(
  stage: Stage,
  happening: Happening,
  begin: (scene: Scene) => Promise<() => Promise<string>>,
  needed?: Needed,
): Promise<Seen> {
  const scene = await settle(stage, happening, ++scenes, needed)
  const { observer } = stage
  const finish = await begin(scene)
  await happen(scene, happening)
  await observer.taken()
  const hasChanged = remember(stage)
  const heardBefore = observer.heard.length
  const answer = await finish()
  await observer.taken()
  const news = observer.heard.slice(heardBefore)
  const typed = news.some((item) => item.type === 'typing' && item.user === scene.user)
  const told = news.flatMap((item) => (item.type === 'room.changed' ? [item.name] : []))
  return {
    status: /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? '',
    effect: hasChanged() || typed,
    later: answer.includes(scene.later),
    ghosts: countGhosts(stage),
    name: told.at(-1) ?? nameOf(stage, scene.room),
  }
}

function expectRight(happening: Happening, { needs, shows }: Request | SentFrame, seen: Seen) {
  expect(seen).toMatchObject({ ghosts: 0 })
  const hasNoSession = sessionEnds.has(happening)
  const isOut = happening === 'put out' || happening === 'left'
  if (happening === 'nothing') {
    const isSeen = { nothing: true, effect: seen.effect, content: seen.later }[shows]
    expect({ ...seen, isSeen }).toMatchObject({ isSeen: true })
  }
  if (happening === 'room renamed' && needs === 'room') expect(seen.name).toStartWith('After')
  if (isOut || hasNoSession) expect(seen).toMatchObject({ later: false })
  // Who is banned does not begin anew, either.
  if (happening === 'banned' && shows !== 'nothing') expect(seen).toMatchObject({ effect: false })
  const isRefused =
    (hasNoSession && needs !== 'nothing') ||
    (isOut && (needs === 'room' || needs === 'host')) ||
    (happening === 'role lost' && (needs === 'host' || needs === 'owner'))
  if (!isRefused) return
  expect(seen).toMatchObject({ effect: false })
  expect(seen.status).toMatch(/^(401|403|404)?$/)
}

/** Sends half of a request; gives what sends the other half and waits for the answer. */
async function beginRequest(scene: Scene, route: string, request: Request) {
  const { path, body, headers, isNewDevice = false } = request
  const content = Buffer.from(body?.(scene) ?? '')
  const length = body === undefined ? {} : { 'Content-Length': String(content.length) }
  const all = {
    Host: `127.0.0.1:${scene.server.port}`,
    Origin: scene.server.origin,
    Cookie: isNewDevice ? scene.claimCookie : scene.person.cookie,
    Connection: 'close',
    ...length,
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  const [method] = route.split(' ')
  const head = [`${method} ${encodeURI(path(scene))} HTTP/1.1`, ...lines, '', ''].join('\r\n')
  const bytes = Buffer.concat([Buffer.from(head), content])
  // A request without a body lacks the end of its head.
  const middle = body === undefined ? bytes.length - 2 : head.length + (content.length >> 1)
  const line = await openLine(scene.server)
  line.write(bytes.subarray(0, middle))
  return async (): Promise<string> => {
    line.write(bytes.subarray(middle))
    await line.until('\r\n\r\n')
    // A request for a socket leaves the connection open; what it got has come by then.
    return line.end(all.Connection === 'close' ? 5_000 : 100)
  }
}

/** Sends half of a frame; gives what sends the other half and waits until it was taken. */
async function beginFrame(scene: Scene, { frame, before }: SentFrame) {
  const line = await openLine(scene.server)
  line.write(upgradeRequest(scene.server, { Cookie: scene.person.cookie }))
  await line.until('"hello"')
  if (before !== undefined) line.write(textFrame(before(scene)))
  const bytes = textFrame(frame(scene))
  line.write(bytes.subarray(0, bytes.length >> 1))
  return async (): Promise<string> => {
    line.write(bytes.subarray(bytes.length >> 1))
    line.write(textFrame({ type: 'ping' }))
    await waitUntil(() => line.isClosed() || line.heard().includes('"pong"'), 'the end')
    // Typing is gathered for a moment.
    if (frame(scene).type === 'typing') await Bun.sleep(300)
    return line.end(20)
  }
}

function textFrame(frame: object): Uint8Array {
  return maskedFrame(0x81, Buffer.from(JSON.stringify(frame)))
}
