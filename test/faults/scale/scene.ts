import { type Balancer, startBalancer } from '../../helpers/balancer'
import { type Person, signIn } from '../../helpers/client'
import { type Postgres, startPostgres } from '../../helpers/postgres'
import { createRandom } from '../../helpers/random'
import { letIn, makeRoom } from '../../helpers/rooms'
import { makeFolder } from '../../helpers/folders'
import { type RunningServer, type ServerOptions, startServer } from '../../helpers/server'
import { createTcpProxy, type TcpProxy } from '../../helpers/tcp-proxy'
import { waitUntil } from '../../helpers/wait'
import { openTab, type Tab } from './tab'
import { createTalker, type Talker } from './talker'

export type Node = { server: RunningServer; line: TcpProxy; port: number }

/** Three nodes with one database, each over a line of its own, and people behind a balancer. */
export type Scene = AsyncDisposable & {
  postgres: Postgres
  /** Of the database, past the lines. */
  url: string
  nodes: Node[]
  balancer: Balancer
  rooms: Room[]
  talkers: () => Talker[]
}

/** A closed room: who is removed and comes back again and again is not among the others. */
export type Room = { id: number; host: Talker; others: Talker[]; victim: Talker }

export type SceneSize = { rooms: number; people: number; pauseMs: number; seed: number }

const nodeCount = 3

type Options = { planted?: Planted; postgres?: Postgres; flags?: string[] }

/** Without a server of PostgreSQL with one of its own. */
export async function startScene(size: SceneSize, options: Options = {}): Promise<Scene> {
  const { planted = null, flags = ['--accept-loss'] } = options
  const postgres = options.postgres ?? (await startPostgres())
  const url = await postgres.create()
  const all = ['--files', makeFolder(), ...flags]
  const nodes: Node[] = []
  for (let n = 0; n < nodeCount; n += 1) nodes.push(await startNode(url, all, planted))
  const balancer = startBalancer(nodes)
  const scene = { postgres, url, nodes, balancer, rooms: [] as Room[] }
  const talkers = (): Talker[] =>
    scene.rooms.flatMap(({ host, others, victim }) => [host, ...others, victim])
  for (let n = 0; n < size.rooms; n += 1) scene.rooms.push(await openRoom(balancer, n, size))
  return {
    ...scene,
    talkers,
    async [Symbol.asyncDispose]() {
      for (const tab of talkers().flatMap(({ tabs }) => tabs)) tab.close()
      balancer.close()
      await Promise.all(nodes.map(({ server }) => server.dispose()))
      for (const { line } of nodes) line.close()
      if (options.postgres === undefined) await postgres.stop()
    },
  }
}

/** A fault in the source of a node (planted-nodes.ts); null in the executable. */
export type Planted = 'no members version' | 'hints alone' | 'no contiguity' | null

async function startNode(url: string, more: string[], planted: Planted): Promise<Node> {
  const line = createTcpProxy(Number(new URL(url).port))
  const address = new URL(url)
  address.port = String(line.port)
  const flags = ['--database', address.href, ...more]
  const preload = './test/faults/scale/planted-nodes.ts'
  const fault = { CHATROOM_PLANTED: planted ?? '', BUN_OPTIONS: `--preload ${preload}` }
  const options: ServerOptions = planted === null ? {} : { compiled: false, env: fault }
  const server = await startServer({ flags, ...options })
  return { server, line, port: server.port }
}

async function openRoom(balancer: Balancer, n: number, size: SceneSize): Promise<Room> {
  const people: Person[] = []
  for (let k = 0; k < size.people; k += 1) people.push(await signIn(balancer, nameOf(n, k)))
  const [owner] = people
  if (owner === undefined) throw new Error('A room needs a host')
  const id = await makeRoom(balancer, owner, `Room ${nameOf(n, 0)}`, 'closed')
  for (const person of people.slice(1)) await letIn(balancer, owner, id, person)
  const talkers = await Promise.all(
    people.map(async (person, k) => {
      const isVictim = k === size.people - 1
      const tabs: [Tab, Tab] = [
        openTab(balancer, person, 'chatroom.json', isVictim),
        openTab(balancer, person, 'chatroom.html', isVictim),
      ]
      await waitUntil(
        () => tabs.every((tab) => tab.greetings() > 0 && tab.view.has(id)),
        `${person.nickname}’s tabs`,
      )
      const who = { person, id: tabs[0].user(), room: id, tabs }
      return createTalker(who, createRandom(size.seed + n * 100 + k), size.pauseMs)
    }),
  )
  const [host, ...others] = talkers
  const victim = others.pop()
  if (host === undefined || victim === undefined) throw new Error('A room needs two people')
  return { id, host, others, victim }
}

const letters = 'abcdefghjk'

/** Names that do not look alike. */
export function nameOf(room: number, n: number): string {
  return `P${[...`${room}${n}`].map((digit) => letters[Number(digit)]).join('')} of ${room}`
}
