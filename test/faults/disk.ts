import { Database } from 'bun:sqlite'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { history, openSocket, signIn } from '../helpers/client'
import { makeFolder, removeFolder } from '../helpers/folders'
import { type RunningServer, startServer } from '../helpers/server'
import { type DiskFault, failedSync, filledByWords, fullDisk } from './disk-faults'
import { held, insideOf, readOnly, sizeLimit } from './disk-faults'
import { probe } from './disk-probe'
import { beginTalk, recovers, say, sayFor } from './disk-talk'
import { above, below, earlyAnswers, type FaultTest, type Figures, unlike } from './promise'

type Size = {
  faults: DiskFault[]
  /** People talk for so long before, during and after it. */
  talkMs: number
  /** The planted fault: answers leave before the commit. */
  acksTooEarly?: boolean
}

const small: Size = { faults: [sizeLimit], talkMs: 400 }

/**
 * T15: takes the disk away from a running server while people talk, in several ways, and gives it
 * back. Acknowledged messages are there afterwards, refusals come soon and say why, and a client
 * that only reads does not notice.
 */
export const diskFull: FaultTest<Size> = {
  id: 'P15',
  says: 'On a full or read-only disk posting is refused in a sentence, and nothing is lost.',
  small,
  full: { faults: [sizeLimit, fullDisk, filledByWords, readOnly, held, failedSync], talkMs: 5_000 },
  run,
  broken: (figures, { faults }) => [
    ...unlike(figures, { tried: faults.length, notAllowed: '' }),
    ...unlike(figures, { lost: 0, keptThoughRefused: 0, readingFailed: '', notRefused: '' }),
    ...unlike(figures, { unexplained: '', socketsLost: 0, restarts: 0, notRecovered: '' }),
    ...unlike(figures, { integrity: 'ok' }),
    ...above(figures, { answerMsMax: 2_000 }),
    ...below(figures, { acknowledged: faults.length * 20, refused: faults.length * 5 }),
  ],
  control: () => run({ ...small, acksTooEarly: true }),
}

/** What one fault did. */
type Seen = {
  acknowledged: number
  refused: number
  answerMsMax: number
  lost: number
  keptThoughRefused: number
  readingFailed: string[]
  notRefused: string[]
  unexplained: string[]
  socketsLost: number
  restarts: number
  isRecovered: boolean
  integrity: string
}

async function run({ faults, talkMs, acksTooEarly }: Size): Promise<Figures> {
  const seen: Seen[] = []
  const notAllowed: string[] = []
  const notRecovered: string[] = []
  for (const fault of faults) {
    const prepared = fault.prepare()
    if (prepared === null) {
      notAllowed.push(fault.name)
      continue
    }
    const data = makeFolder()
    const planted = acksTooEarly ? earlyAnswers : {}
    const server = await startServer({ data, ...planted, ...prepared.options(data) })
    const one = await takeDiskAway(server, fault, talkMs)
    if (!one.isRecovered) notRecovered.push(fault.name)
    seen.push(one)
    await server.dispose()
    removeFolder(data)
  }
  const sum = (name: 'acknowledged' | 'refused' | 'lost' | 'keptThoughRefused' | 'socketsLost') =>
    seen.reduce((all, one) => all + one[name], 0)
  const list = (name: 'readingFailed' | 'notRefused' | 'unexplained'): string =>
    [...new Set(seen.flatMap((one) => one[name]))].join(', ')
  return {
    faults: faults.map(({ name }) => name).join(', '),
    tried: seen.length,
    notAllowed: notAllowed.join(', '),
    acknowledged: sum('acknowledged'),
    refused: sum('refused'),
    lost: sum('lost'),
    keptThoughRefused: sum('keptThoughRefused'),
    answerMsMax: Math.round(Math.max(...seen.map((one) => one.answerMsMax))),
    readingFailed: list('readingFailed'),
    notRefused: list('notRefused'),
    unexplained: list('unexplained'),
    socketsLost: sum('socketsLost'),
    restarts: seen.reduce((all, one) => all + one.restarts, 0),
    notRecovered: notRecovered.join(', '),
    integrity: seen.find(({ integrity }) => integrity !== 'ok')?.integrity ?? 'ok',
  }
}

async function takeDiskAway(
  server: RunningServer,
  fault: DiskFault,
  talkMs: number,
): Promise<Seen> {
  const ada = await signIn(server, 'Ada')
  const talk = beginTalk(await openSocket(server, ada))
  const { pid } = server
  await sayFor(talk, talkMs)
  await fault.begin(server, () => say(talk, '長い話'.repeat(2_600)))
  await sayFor(talk, talkMs)
  const refusals = await probe(server, ada)
  await fault.end(server)
  let restarts = Number(server.pid !== pid)
  if (fault.needsRestart === true) {
    // Not a word is taken in before, whatever the disk says by now.
    if (await say(talk, 'too soon')) refusals.notRefused.push('a post after a failed sync')
    await talk.socket.close()
    await server.restart()
    talk.socket = await openSocket(server, ada)
    restarts = 0
  }
  const isRecovered = await recovers(talk)
  await sayFor(talk, talkMs)
  const stored = new Map(
    (await history(server, ada, 1)).map((message) => [message.client_id, message.content]),
  )
  const isOpen = (await Promise.race([talk.socket.closed, 'open'])) === 'open'
  await talk.socket.close()
  return {
    acknowledged: talk.accepted.size,
    refused: talk.refused.size,
    answerMsMax: Math.max(talk.answerMsMax, refusals.msMax),
    lost: [...talk.accepted].filter(([id, text]) => stored.get(id) !== text).length,
    keptThoughRefused: [...talk.refused].filter((id) => stored.has(id)).length,
    readingFailed: refusals.readingFailed,
    notRefused: refusals.notRefused,
    unexplained: [...talk.unexplained, ...refusals.unexplained],
    socketsLost: isOpen ? 0 : 1,
    restarts,
    isRecovered,
    integrity: checkFile(server),
  }
}

/** Looks at a copy, as the disk may be one that only the server has. */
function checkFile(server: RunningServer): string {
  const copy = makeFolder()
  for (const name of ['chatroom.db', 'chatroom.db-wal']) {
    copyFileSync(join(insideOf(server), name), join(copy, name))
  }
  const db = new Database(join(copy, 'chatroom.db'))
  const row = db.query<{ integrity_check: string }, []>('PRAGMA integrity_check').get()
  db.close()
  removeFolder(copy)
  return row?.integrity_check ?? 'unreadable'
}
