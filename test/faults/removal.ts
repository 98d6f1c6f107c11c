import { type ChatClient, openSocket, type Person, readJson, signIn } from '../helpers/client'
import { fetchAs, postFiles, upload } from '../helpers/files'
import { letIn, makeRoom, sendForm } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { waitUntil } from '../helpers/wait'
import { above, below, type FaultTest, type Figures, unlike } from './promise'

type Size = {
  rounds: number
  /** So many messages are said before each removal and after it. */
  messages: number
  leftMsMax: number
  /** The planted fault: nobody is removed. */
  forgets?: boolean
}

const small: Size = { rounds: 1, messages: 20, leftMsMax: 2_000 }

/** T8: a person with three tabs is removed while fifty messages a second flow. */
export const removed: FaultTest<Size> = {
  id: 'P8',
  says: 'A removed member receives nothing that is said later, in any tab, by any route.',
  small,
  full: { rounds: 20, messages: 75, leftMsMax: 100 },
  run,
  broken: (figures, { rounds, messages, leftMsMax }) => [
    ...unlike(figures, { removals: rounds, deliveredLater: 0, routesStillOpen: 0 }),
    ...below(figures, { tabsTold: 3 * rounds, heardBefore: 3 * rounds * messages }),
    ...above(figures, { leftMsMax }),
  ],
  control: () => run({ ...small, forgets: true }),
}

async function run({ rounds, messages, forgets = false }: Size): Promise<Figures> {
  await using server = await startServer()
  const sum = { deliveredLater: 0, heardBefore: 0, tabsTold: 0, leftMsMax: 0, routesStillOpen: 0 }
  const ada = await signIn(server, 'Ada')
  for (let round = 0; round < rounds; round += 1) {
    const bob = await signIn(server, `Bob ${round}x`)
    const found = await removeBob({ server, ada, bob, messages, forgets })
    sum.deliveredLater += found.deliveredLater
    sum.heardBefore += found.heardBefore
    sum.tabsTold += found.tabsTold
    sum.leftMsMax = Math.max(sum.leftMsMax, found.leftMs)
    sum.routesStillOpen += found.routesStillOpen
  }
  return { removals: rounds, ...sum }
}

type Scene = {
  server: RunningServer
  ada: Person
  bob: Person
  messages: number
  forgets: boolean
}

async function removeBob({ server, ada, bob, messages, forgets }: Scene) {
  const room = await makeRoom(server, ada, `Council of ${bob.nickname}`, 'closed')
  const owner = await openSocket(server, ada)
  const tabs = await Promise.all([
    openSocket(server, bob),
    openSocket(server, bob),
    openSocket(server, bob, { subprotocol: 'chatroom.html' }),
  ])
  const user = String(tabs[0].hello.user.id)
  await letIn(server, ada, room, bob)
  const file = await upload(server, ada, 'for members')
  await postFiles(server, ada, room, `file-${room}`, [file.id])
  const flow = keepTalking(owner, room)
  const hasHeard = (tab: ChatClient): boolean => seqsIn(tab, room).length >= messages
  await waitUntil(() => tabs.every(hasHeard), 'the talk')
  // One tab asks for everything again and again: replays must stop, too.
  const asking = setInterval(() => tabs[1].resume(room, 0), 20)
  const toldAll = Promise.all(tabs.map((tab) => msUntilLeft(tab, room)))
  if (!forgets) await sendForm(server, ada, `/rooms/${room}/members/remove`, { user })
  // Whatever is acknowledged from here on was committed after the removal.
  const last = await owner.post(room, `after-the-removal-${room}`, 'He is gone')
  const told = await toldAll
  const border = last.type === 'accepted' ? last.seq : 0
  await waitUntil(() => (seqsIn(owner, room).at(-1) ?? 0) > border + messages, 'more talk')
  clearInterval(asking)
  await flow.stop()
  const seqs = tabs.flatMap((tab) => seqsIn(tab, room))
  const paths = ['', '/messages', '/changes', '/export.txt', '/messages/1'].map(
    (ending) => `/rooms/${room}${ending}`,
  )
  const routesStillOpen = await countOpen(server, bob, room, [...paths, file.url])
  for (const socket of [owner, ...tabs]) await socket.close()
  return {
    deliveredLater: seqs.filter((seq) => seq >= border).length,
    heardBefore: seqs.filter((seq) => seq < border).length,
    tabsTold: told.filter((ms) => ms !== null).length,
    leftMs: Math.round(Math.max(...told.map((ms) => ms ?? 0))),
    routesStillOpen,
  }
}

/** Fifty messages a second. */
function keepTalking(owner: ChatClient, room: number): { stop: () => Promise<void> } {
  let isFlowing = true
  const sent: Promise<unknown>[] = []
  const flow = (async () => {
    for (let n = 0; isFlowing; n += 1) {
      sent.push(owner.post(room, `flow-${room}-${n}`, `said ${n}`))
      await Bun.sleep(20)
    }
  })()
  return {
    async stop() {
      isFlowing = false
      await flow
      await Promise.all(sent)
    },
  }
}

/** From the request that removes until the tab was told; null when it never was. */
async function msUntilLeft(tab: ChatClient, room: number): Promise<number | null> {
  const since = performance.now()
  const isLeft = tab.until((item) => item.type === 'room.left' && item.room === room, 'it', 2_000)
  return isLeft.then(
    () => performance.now() - since,
    () => null,
  )
}

function seqsIn(tab: ChatClient, room: number): number[] {
  return tab.heard.flatMap((item) =>
    (item.type === 'message' || item.type === 'row') && item.room === room ? [item.seq] : [],
  )
}

/** Routes by which the room can still be reached, the search and a new socket among them. */
async function countOpen(
  server: RunningServer,
  bob: Person,
  room: number,
  paths: string[],
): Promise<number> {
  let open = 0
  for (const path of paths) if ((await fetchAs(server, bob, path)).status !== 404) open += 1
  const found = JSON.stringify(await readJson(server, bob, '/search?q=said'))
  if (found.includes(`"room":${room},`)) open += 1
  const again = await openSocket(server, bob)
  if (again.hello.rooms.some(({ id }) => id === room)) open += 1
  await again.close()
  return open
}
