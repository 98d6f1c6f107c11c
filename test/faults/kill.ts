import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import { historyRows, isMessage, type Person, signIn } from '../helpers/client'
import { makeRoom, sendForm } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { above, below, earlyAnswers, type FaultTest, type Figures, unlike } from './promise'
import { allAnswered, createSender, type Sender } from './sender'

type Size = {
  rounds: number
  /** Messages each sender has under way at once. */
  window: number
  runMs: [min: number, max: number]
  acknowledgedMin: number
  readyMsMax: number
  /** The planted fault: answers leave before the commit. */
  acksTooEarly?: boolean
}

const small: Size = {
  rounds: 2,
  window: 5,
  runMs: [200, 700],
  acknowledgedMin: 60,
  readyMsMax: 20_000,
}

/**
 * T1: kills the server again and again while eight people talk in four rooms, then compares
 * everything that was ever acknowledged with the history.
 */
export const killed: FaultTest<Size> = {
  id: 'P1',
  says: 'An acknowledged message survives kill -9: nothing is lost, doubled or renumbered.',
  small,
  full: { rounds: 20, window: 16, runMs: [300, 3_000], acknowledgedMin: 50_000, readyMsMax: 3_000 },
  run,
  broken: (figures, { acknowledgedMin, readyMsMax }) => [
    ...unlike(figures, { lost: 0, changed: 0, doubled: 0, gaps: 0, integrity: 'ok' }),
    ...below(figures, { acknowledged: acknowledgedMin }),
    ...above(figures, { readyMsMax }),
  ],
  control: () => run({ ...small, rounds: 3, acksTooEarly: true, acknowledgedMin: 0 }),
}

async function run({
  rounds,
  window,
  runMs,
  acknowledgedMin,
  acksTooEarly,
}: Size): Promise<Figures> {
  const fault = acksTooEarly ? earlyAnswers : {}
  await using server = await startServer(fault)
  const senders = await gather(server)
  let readyMsMax = 0
  let kills = 0
  const count = (): number =>
    senders.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0)
  // On a slow machine it takes more rounds until there is as much to lose.
  for (; kills < rounds || (count() < acknowledgedMin && kills < 5 * rounds); kills += 1) {
    const [min, max] = runMs
    await talk(senders, window, min + Math.random() * (max - min))
    await server.kill()
    await server.restart()
    readyMsMax = Math.max(readyMsMax, server.readyMs)
  }
  await allAnswered(senders)
  const figures = await compare(server, senders)
  for (const sender of senders) sender.close()
  await server.stop()
  return { kills, ...figures, integrity: checkFile(server.data), readyMsMax }
}

/** Two people in each of four rooms. */
async function gather(server: RunningServer): Promise<Sender[]> {
  const people: Person[] = []
  for (const name of names) people.push(await signIn(server, name))
  const [owner] = people
  if (owner === undefined) throw new Error('Somebody has to talk')
  const rooms = [1]
  for (const name of ['North', 'East', 'South']) rooms.push(await makeRoom(server, owner, name))
  const senders: Sender[] = []
  for (const [n, person] of people.entries()) {
    const room = rooms[n % rooms.length] ?? 1
    if (room !== 1 && person !== owner) await sendForm(server, person, `/rooms/${room}/members`)
    senders.push(createSender(server, person, room))
  }
  return senders
}

const names = ['Ada', 'Grace', '梅', 'Борис', 'Zoë', '李雷', 'Tomás', 'Aya']

/** Keeps a few messages of everybody under way for a while. */
async function talk(senders: Sender[], window: number, ms: number): Promise<void> {
  const until = performance.now() + ms
  while (performance.now() < until) {
    for (const sender of senders) {
      while (sender.unanswered() < window) sender.post(newId(), someText())
    }
    await Bun.sleep(1)
  }
}

let lastId = 0

function newId(): string {
  lastId += 1
  return `k${lastId}-${Math.random().toString(36).slice(2)}`
}

function someText(): string {
  const length = 20 + Math.floor(Math.random() ** 4 * 1_980)
  const words =
    Math.random() < 0.3 ? '今天的潮水比昨天高一点,船要早一点出港。' : 'The tide is high today. '
  return words.repeat(Math.ceil(length / words.length)).slice(0, length)
}

async function compare(server: RunningServer, senders: Sender[]): Promise<Figures> {
  const sums = { acknowledged: 0, lost: 0, changed: 0, doubled: 0, gaps: 0 }
  for (const [room, talking] of Map.groupBy(senders, (sender) => sender.room)) {
    const [first] = talking
    if (first === undefined) continue
    const rows = await historyRows(server, first.person, room)
    const stored = rows.filter(isMessage)
    const byId = Map.groupBy(stored, (message) => message.client_id)
    const acknowledged = talking.flatMap((sender) => sender.acknowledged)
    const isSame = (ack: Sender['acknowledged'][number]): boolean => {
      const message = byId.get(ack.clientId)?.[0]
      return message?.seq === ack.seq && message.content === ack.content
    }
    sums.acknowledged += acknowledged.length
    sums.lost += acknowledged.filter((ack) => !byId.has(ack.clientId)).length
    sums.changed += acknowledged.filter((ack) => byId.has(ack.clientId) && !isSame(ack)).length
    sums.doubled += [...byId.values()].filter((messages) => messages.length > 1).length
    sums.gaps += countGaps(rows)
  }
  return sums
}

/** Rows that do not follow the one before; the line of who joined has taken a revision, too. */
function countGaps(rows: { seq: number; revision: number }[]): number {
  const changes = new Set(rows.flatMap(({ seq, revision }) => (revision > seq ? revision : [])))
  let [next, gaps] = [1, 0]
  for (const { seq } of rows) {
    while (changes.has(next)) next += 1
    if (seq !== next) gaps += 1
    next = seq + 1
  }
  return gaps
}

function checkFile(folder: string): string {
  const db = new Database(join(folder, 'chatroom.db'), { readonly: true })
  const row = db.query<{ integrity_check: string }, []>('PRAGMA integrity_check').get()
  db.close()
  return row?.integrity_check ?? 'unreadable'
}
