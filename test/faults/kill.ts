import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { history, signIn } from '../helpers/client'
import { type RunningServer, startServer } from '../helpers/server'
import { allAnswered, createSender, type Sender } from './sender'

export type KillOptions = {
  rounds: number
  senders: number
  /** Messages each sender has under way at once. */
  window: number
  runMs: [min: number, max: number]
  /** The planted fault: answers leave before the commit. */
  acksTooEarly?: boolean
  compiled?: boolean
}

export type KillFigures = {
  rounds: number
  acknowledged: number
  lost: number
  changed: number
  doubled: number
  gaps: number
  integrity: string
  readyMsMax: number
}

/**
 * Kills the server again and again while people talk, then compares everything that was ever
 * acknowledged with the history. The procedure is T1: `bun test/faults/kill.ts --rounds 20`.
 */
export async function killUnderLoad(options: KillOptions): Promise<KillFigures> {
  const env: Record<string, string> = options.acksTooEarly
    ? { CHATROOM_TEST_FAULT: 'ack-before-commit' }
    : {}
  await using server = await startServer({ env, compiled: options.compiled ?? false })
  const senders: Sender[] = []
  for (let n = 0; n < options.senders; n += 1) {
    senders.push(createSender(server, await signIn(server, names[n % names.length] ?? 'Ada')))
  }
  let readyMsMax = 0
  for (let round = 0; round < options.rounds; round += 1) {
    const [min, max] = options.runMs
    await talk(senders, options.window, min + Math.random() * (max - min))
    await server.kill()
    await server.restart()
    readyMsMax = Math.max(readyMsMax, server.readyMs)
  }
  await allAnswered(senders)
  const figures = await compare(server, senders)
  for (const sender of senders) sender.close()
  await server.stop()
  return { rounds: options.rounds, ...figures, integrity: checkFile(server.data), readyMsMax }
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

type Compared = Omit<KillFigures, 'rounds' | 'integrity' | 'readyMsMax'>

async function compare(server: RunningServer, senders: Sender[]): Promise<Compared> {
  const [first] = senders
  if (first === undefined) throw new Error('Somebody has to talk')
  const stored = await history(server, first.person, 1)
  const byId = Map.groupBy(stored, (message) => message.client_id)
  const acknowledged = senders.flatMap((sender) => sender.acknowledged)
  const isSame = (ack: Sender['acknowledged'][number]): boolean => {
    const message = byId.get(ack.clientId)?.[0]
    return message?.seq === ack.seq && message.content === ack.content
  }
  const lost = acknowledged.filter((ack) => !byId.has(ack.clientId))
  return {
    acknowledged: acknowledged.length,
    lost: lost.length,
    changed: acknowledged.filter((ack) => byId.has(ack.clientId) && !isSame(ack)).length,
    doubled: [...byId.values()].filter((messages) => messages.length > 1).length,
    gaps: stored.filter((message, index) => message.seq !== index + 1).length,
  }
}

function checkFile(folder: string): string {
  const db = new Database(join(folder, 'chatroom.db'), { readonly: true })
  const row = db.query<{ integrity_check: string }, []>('PRAGMA integrity_check').get()
  db.close()
  return row?.integrity_check ?? 'unreadable'
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '20' } } })
  const rounds = Number(values.rounds)
  const load: KillOptions = { rounds, senders: 8, window: 8, runMs: [300, 3_000], compiled: true }
  console.log(JSON.stringify(await killUnderLoad(load)))
  process.exit(0)
}
