import { openSocket } from '../helpers/client'
import { makeRoom } from '../helpers/rooms'
import type { RunningServer } from '../helpers/server'
import type { Figure } from './figures'
import { figureOf, type Stage } from './page'
import { slowDown, watchPages } from './probes'
import { type ChatPage, addressOf, openChatPage } from '../browser/pages/chat-page'

const roomCount = 5

/** From the click on a room to its painted list: never seen before, and seen before. */
export async function measureSwitching({ page, robot, server }: Stage): Promise<Figure[]> {
  const rooms: number[] = []
  for (let n = 0; n < roomCount; n += 1) {
    rooms.push(await makeRoom(server, robot, `Room ${'abcdefgh'[n]}`))
  }
  const script = await openSocket(server, robot)
  for (const room of rooms) {
    await page.evaluate(`fetch('/rooms/${room}/members', { method: 'POST', redirect: 'manual',
      body: new URLSearchParams() }).then(({ status }) => status)`)
    for (let n = 0; n < 60; n += 1) {
      await script.post(room, `r-${room}-${n}`, `Message ${n} of a usual length, or so`)
    }
  }
  script.cut()
  await page.part(`#room-${rooms.at(-1)}`).shown()
  const [fresh, kept]: [number[], number[]] = [[], []]
  for (const room of rooms) fresh.push(await switchTo(page, room))
  for (const room of rooms) kept.push(await switchTo(page, room))
  await switchTo(page, 1)
  return [
    figureOf('switch to a room', 'never seen', 'ms', fresh),
    figureOf('switch to a room', 'seen before', 'ms', kept),
  ]
}

async function switchTo(page: ChatPage, room: number): Promise<number> {
  const ms = await page.evaluate<number>(`(() => {
    const start = Date.now()
    document.querySelector('#room-${room}').click()
    return bench.seen('#timeline[data-room="${room}"] > .msg').then((at) => at - start)
  })()`)
  // What is fetched after the list comes to rest.
  await Bun.sleep(400)
  return ms
}

const slowLink = { offline: false, latency: 150, uploadThroughput: 93_750, downloadThroughput: 2e5 }

/** The first load with nothing in the cache: on this machine, and on a slow phone far away. */
export async function measureFirstLoad(server: RunningServer, rounds: number): Promise<Figure[]> {
  const page = await openChatPage()
  await watchPages(page)
  await page.cdp('Network.setCacheDisabled', { cacheDisabled: true })
  const [near, far, bytes, requests]: [number[], number[], number[], number[]] = [[], [], [], []]
  for (let round = 0; round < rounds; round += 1) {
    near.push(await loadOnce(server, page))
    const before = page.requests.length
    await slowDown(page, 4)
    await page.cdp('Network.emulateNetworkConditions', slowLink)
    far.push(await loadOnce(server, page))
    await page.cdp('Network.emulateNetworkConditions', {
      ...{ offline: false, latency: 0, uploadThroughput: -1, downloadThroughput: -1 },
    })
    await slowDown(page, 1)
    const sent = page.requests.slice(before).filter(({ url }) => url.startsWith('http'))
    bytes.push(sent.reduce((sum, { encodedBytes }) => sum + encodedBytes, 0))
    requests.push(sent.length)
  }
  page.close()
  return [
    figureOf('first load, this machine', 'LCP', 'ms', near),
    figureOf('first load, 1.6 Mbit/s, 150 ms, 4× slower', 'LCP', 'ms', far),
    figureOf('first load', 'bytes on the wire', 'B', bytes),
    figureOf('first load', 'requests', '', requests),
  ]
}

async function loadOnce(server: RunningServer, page: ChatPage): Promise<number> {
  await page.goto('about:blank')
  await page.goto(addressOf(server.port, 'a', '/rooms/1'))
  await page.connected()
  await page.waitFor(`bench.lcp > 0`, 'the largest contentful paint')
  return page.evaluate<number>(`bench.lcp`)
}
