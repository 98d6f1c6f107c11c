import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { loadAssets } from '../../src/assets'
import { createApp } from '../../src/http/app'
import type { HttpDeps } from '../../src/http/context'
import { createPaths } from '../../src/shared/paths'
import { maskedFrame, openLine, upgradeRequest } from '../helpers/raw'
import { serverForAll, startServer } from '../helpers/server'
import { someOf } from '../helpers/size'
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
const scenesPerServer = 60
/** A person may have as many sockets. */
const actsPerScene = 10

type Act = {
  name: string
  kind: 'request' | 'frame'
  about: Request | SentFrame
  needed: Needed
  /** Whether it only asks for something. */
  isReading: boolean
  /** Sends the first half; what it gives sends the second. */
  begin: (scene: Scene) => Promise<() => Promise<string>>
}

const acts: Act[] = [
  ...Object.entries(requests).flatMap(([route, list]) => list.map(requestAct.bind(null, route))),
  ...Object.entries(frames).flatMap(([type, list]) => list.map(frameAct.bind(null, type))),
]

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

const scenesToPlay = happenings.flatMap((happening) => {
  const together = Map.groupBy(
    acts.filter((act) => !isWithoutMeaning(act, happening)),
    (act) => (leavesAllAsItIs(act, happening) ? placeOf(act) : act),
  )
  return [...together.values()].flatMap((all) =>
    chunks(all, actsPerScene).map((some) => ({ happening, some })),
  )
})

/**
 * The suite plays a sixth of the scenes, and one more for each act that is in none of them. A
 * failed one is found by its name.
 */
const played = someOf(scenesToPlay, scenesToPlay.length / 6)
for (const act of acts) {
  if (played.some(({ some }) => some.includes(act))) continue
  const others = scenesToPlay.filter(({ some }) => some.includes(act))
  played.push(...someOf(others, 1))
}

for (const some of chunks(played, scenesPerServer)) onOwnServer(some)

test('P24: a server that recognises people before the request is complete is noticed', async () => {
  const planted = { BUN_OPTIONS: '--preload ./test/hostile/early-authority.ts' }
  await using early = await startServer({ compiled: false, env: planted })
  const own = await openStage(early)
  const route = 'POST /rooms/:id/messages'
  const empty = requests[route]?.[1]
  const made = requests['POST /rooms']?.[0]
  if (empty === undefined || made === undefined) throw new Error('both are on the list')
  const [leak] = await observe(own, 'put out', [requestAct(route, empty, 0)])
  // They get the page of the room; it ends where the room was found.
  expect(leak).toMatchObject({ status: '422', later: false })
  const [act] = await observe(own, 'session rotated', [requestAct('POST /rooms', made, 0)])
  expect(act).toMatchObject({ status: '303', effect: true })
  own.db.close()
})

function requestAct(route: string, about: Request, index: number): Act {
  const { needs, shows, path, body, headers, isNewDevice, ...needed } = about
  return {
    name: index === 0 ? route : `${route} (${index + 1})`,
    kind: 'request',
    about,
    needed,
    isReading: route.startsWith('GET '),
    begin: (scene) => beginRequest(scene, route, about),
  }
}

function frameAct(type: string, about: SentFrame, index: number): Act {
  const name = index === 0 ? `the frame ${type}` : `the frame ${type} (${index + 1})`
  const begin = (scene: Scene) => beginFrame(scene, about)
  return { name, kind: 'frame', about, needed: {}, isReading: type === 'resume', begin }
}

/** Whether nothing is expected of it: a name of those who see none, a role of those without one. */
function isWithoutMeaning({ about, needed }: Act, happening: Happening): boolean {
  const { needs, shows } = about
  // Nobody puts out or bans an owner of the server.
  const isAbove = happening === 'put out' || happening === 'banned'
  if (needed.isOwner === true && isAbove) return true
  if (happening === 'nothing') return shows === 'nothing'
  if (happening === 'room renamed') return needs !== 'room'
  if (happening === 'role lost') return needs !== 'host' && needs !== 'owner'
  if (needs === 'owner') return happening === 'left'
  if (needs !== 'nothing' || shows !== 'nothing') return false
  return happening !== 'logged out' && happening !== 'put out'
}

/** Reading, and what must be refused: such acts can share a scene. */
function leavesAllAsItIs({ about, isReading }: Act, happening: Happening): boolean {
  return isReading || isRefused(about, happening)
}

/** Acts share a scene when none of them needs what the scene of another cannot have. */
function placeOf({ kind, needed: { isOwner = false, link, victim } }: Act): string {
  return [kind, isOwner, link, victim].join()
}

function isRefused({ needs }: Request | SentFrame, happening: Happening): boolean {
  if (sessionEnds.has(happening)) return needs !== 'nothing'
  const isHigh = needs === 'host' || needs === 'owner'
  if (happening === 'role lost') return isHigh
  return (happening === 'put out' || happening === 'left') && (needs === 'room' || needs === 'host')
}

/** Adds the tests of these scenes, which share a server. */
function onOwnServer(all: { happening: Happening; some: Act[] }[]): void {
  describe('on a server', () => {
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
    for (const { happening, some } of all) {
      const names = some.map(({ name }) => name).join(', ')
      test(`P24: ${names} in two steps: ${happening}`, async () => {
        for (const seen of await observe(stage, happening, some)) expectRight(happening, seen)
      })
    }
  })
}

function chunks<Value>(all: Value[], size: number): Value[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  )
}

type Seen = {
  act: Act
  status: string
  effect: boolean
  later: boolean
  ghosts: number
  name: string
}

/** The first steps, what happens, and the second steps; gives what was seen of each. */
async function observe(stage: Stage, happening: Happening, some: Act[]): Promise<Seen[]> {
  const needed: Needed = Object.assign({}, ...some.map((act) => act.needed))
  const scene = await settle(stage, happening, ++scenes, needed)
  const begun: [Act, () => Promise<string>][] = []
  for (const act of some) begun.push([act, await act.begin(scene)])
  await happen(scene, happening)
  const all: Seen[] = []
  for (const [act, finish] of begun) all.push(await observeEnd(stage, scene, act, finish))
  return all
}

async function observeEnd(
  stage: Stage,
  scene: Scene,
  act: Act,
  finish: () => Promise<string>,
): Promise<Seen> {
  const { observer } = stage
  await observer.taken()
  const hasChanged = remember(stage)
  const heardBefore = observer.heard.length
  const answer = await finish()
  await observer.taken()
  const news = observer.heard.slice(heardBefore)
  const typed = news.some((item) => item.type === 'typing' && item.user === scene.user)
  const told = news.flatMap((item) => (item.type === 'room.changed' ? [item.name] : []))
  return {
    act,
    status: /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? '',
    effect: hasChanged() || typed,
    later: answer.includes(scene.later),
    ghosts: countGhosts(stage),
    name: told.at(-1) ?? nameOf(stage, scene.room),
  }
}

function expectRight(happening: Happening, { act, ...seen }: Seen): void {
  const { needs, shows } = act.about
  const all = { act: act.name, ...seen }
  expect(all).toMatchObject({ ghosts: 0 })
  if (happening === 'nothing') {
    const isSeen = { nothing: true, effect: seen.effect, content: seen.later }[shows]
    expect({ ...all, isSeen }).toMatchObject({ isSeen: true })
  }
  if (happening === 'room renamed' && needs === 'room') expect(seen.name).toStartWith('After')
  const isOut = happening === 'put out' || happening === 'left'
  if (isOut || sessionEnds.has(happening)) expect(all).toMatchObject({ later: false })
  // Who is banned does not begin anew, either.
  if (happening === 'banned' && shows !== 'nothing') expect(all).toMatchObject({ effect: false })
  if (!isRefused(act.about, happening)) return
  expect(all).toMatchObject({ effect: false })
  // A frame is answered with a refusal in an answer that is right itself.
  const isFrame = act.kind === 'frame' || act.name.startsWith('POST /frames')
  if (!isFrame) expect(all).toMatchObject({ status: expect.stringMatching(/^(401|403|404)?$/) })
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
