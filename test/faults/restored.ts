import { Database } from 'bun:sqlite'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Hello, head, history, type MessageEvent, openSocket } from '../helpers/client'
import { type Person, signIn } from '../helpers/client'
import { fetchAs, postFiles, upload } from '../helpers/files'
import { makeFolder, removeFolder } from '../helpers/folders'
import { runServer, startServer } from '../helpers/server'
import type { RunningServer } from '../helpers/server'
import { cutBackups } from './cut-backups'
import { below, type FaultTest, type Figures, unlike } from './promise'
import { type Acknowledged, allAnswered, createSender, type Sender } from './sender'
import { waitUntil } from '../helpers/wait'

type Size = {
  /** People talk for so long before the backup, and as long after it. */
  talkMs: number
  messagesMin: number
  /** Backups, and restores, that are killed in the middle. */
  cuts: number
  /** The planted fault: the restored server has the epoch of the lost one. */
  keepsEpoch?: boolean
}

const small: Size = { talkMs: 500, messagesMin: 50, cuts: 2 }

/**
 * T18: backs a server up while people talk and send files, lets them go on, and restores it
 * elsewhere. Then what is there is compared with what was, and a page that knows more comes back.
 */
export const restored: FaultTest<Size> = {
  id: 'P18',
  says: 'A backup made under load restores completely, and pages that know more start afresh.',
  small,
  full: { talkMs: 60_000, messagesMin: 5_000, cuts: 20 },
  run,
  broken: (figures, { messagesMin }) => [
    ...unlike(figures, { lost: 0, differing: 0, missing: 0, filesBroken: 0, integrity: 'ok' }),
    ...unlike(figures, { isSameInstance: true, pagesReload: true, goesOn: true }),
    ...unlike(figures, { halfBackups: 0, halfRestores: 0 }),
    ...below(figures, { messages: messagesMin, files: 3 }),
  ],
  control: () => run({ ...small, cuts: 0, keepsEpoch: true }),
}

async function run({ talkMs, cuts, keepsEpoch }: Size): Promise<Figures> {
  const place = makeFolder()
  const file = join(place, 'backup.tar')
  const folder = join(place, 'restored')
  const before = await talkAndBackUp(file, talkMs)
  await runServer({ data: folder, port: null, flags: ['restore', file] })
  if (keepsEpoch) setEpoch(folder, before.hello.epoch)
  const server = await startServer({ data: folder })
  const figures = await compare(server, before)
  await server.stop()
  const integrity = checkFile(folder)
  await server.dispose()
  const cut = await cutBackups(file, folder, cuts)
  removeFolder(place)
  return { ...figures, integrity, ...cut }
}

type Before = {
  ada: Person
  hello: Hello
  revision: number
  /** What had been answered when the backup began. */
  sure: Acknowledged[]
  whole: MessageEvent[]
  hashes: Map<string, string>
}

async function talkAndBackUp(file: string, talkMs: number): Promise<Before> {
  await using server = await startServer()
  const ada = await signIn(server, 'Ada')
  const page = await openSocket(server, ada)
  const senders = [createSender(server, ada), createSender(server, await signIn(server, 'Grace'))]
  const hashes = new Map<string, string>()
  let isOver = false
  const talking = [talk(senders, () => isOver), sendFiles(server, ada, hashes, () => isOver)]
  await Bun.sleep(talkMs)
  // Every third file is taken back: enough are left, however slow the machine is.
  await waitUntil(() => hashes.size > 8, 'nine files')
  const sure = senders.flatMap(({ acknowledged }) => acknowledged)
  const made = await runServer({ data: server.data, port: null, flags: ['backup', file] })
  if (made.code !== 0) throw new Error(`The backup failed: ${made.err}`)
  await Bun.sleep(talkMs)
  isOver = true
  await Promise.all(talking)
  await allAnswered(senders)
  for (const sender of senders) sender.close()
  const { revision } = await head(server, ada, 1)
  const whole = await history(server, ada, 1)
  await page.close()
  await server.stop()
  return { ada, hello: page.hello, revision, sure, whole, hashes }
}

async function talk(senders: Sender[], isOver: () => boolean): Promise<void> {
  for (let n = 0; !isOver(); n += 1) {
    for (const sender of senders) {
      const text = `message ${n}, 第 ${n} 条`.padEnd(n % 700, ' …')
      if (sender.unanswered() < 20) sender.post(`r-${n}`, text)
    }
    await Bun.sleep(4)
  }
}

/** Sends a file in a message every now and then, and takes every third one back. */
async function sendFiles(
  server: RunningServer,
  person: Person,
  hashes: Map<string, string>,
  isOver: () => boolean,
): Promise<void> {
  const socket = await openSocket(server, person)
  for (let n = 0; !isOver(); n += 1) {
    const bytes = crypto.getRandomValues(new Uint8Array(1_000 + (n % 7) * 9_000))
    const { id } = await upload(server, person, bytes)
    hashes.set(id, hashOf(bytes))
    const { seq } = await postFiles(server, person, 1, `f-${n}`, [id], `file ${n}`)
    if (n % 3 === 0) socket.send({ type: 'message.delete', room: 1, seq, client_id: `d-${n}` })
    await Bun.sleep(20)
  }
  await socket.close()
}

async function compare(server: RunningServer, before: Before): Promise<Figures> {
  const { ada, hello, revision, sure, whole, hashes } = before
  const now = await history(server, ada, 1)
  const here = new Map(now.map((message) => [message.seq, message]))
  const there = new Map(whole.map((message) => [message.seq, message]))
  const last = now.at(-1)?.seq ?? 0
  const isSame = (a: MessageEvent | undefined, b: { content: string; clientId: string }) =>
    a?.content === b.content && a.client_id === b.clientId
  const differs = ({ seq, client_id: clientId, content }: MessageEvent): boolean => {
    const original = there.get(seq)
    // Taken back after the backup: only its place is left there.
    return original === undefined ? seq > revision : !isSame(original, { content, clientId })
  }
  let filesBroken = 0
  const files = now.flatMap(({ attachments }) => attachments)
  for (const { id, url } of files) {
    const answer = await fetchAs(server, ada, url)
    if (hashOf(await answer.bytes()) !== hashes.get(id)) filesBroken += 1
  }
  const client = await openSocket(server, ada)
  client.resume(1, revision, hello.epoch)
  client.resume(1, 1, hello.epoch)
  const pagesReload = await Promise.all([1, 2].map((n) => hasHeard(client.heard, n)))
  const next = await client.post(1, 'after-1', 'here we are again')
  await client.close()
  return {
    messages: now.length,
    files: files.length,
    lost: sure.filter((ack) => !isSame(here.get(ack.seq), ack)).length,
    differing: now.filter(differs).length,
    missing: whole.filter(({ seq }) => seq <= last && !here.has(seq)).length,
    filesBroken,
    isSameInstance: client.hello.user.id === hello.user.id,
    pagesReload: pagesReload.every((isReloaded) => isReloaded),
    goesOn: next.type === 'accepted' && next.seq > last,
  }
}

function hasHeard(heard: { type: string }[], times: number): Promise<boolean> {
  const isHeard = (): boolean => heard.filter(({ type }) => type === 'reload').length >= times
  return waitUntil(isHeard, 'the reload', 2_000).catch(() => false)
}

function hashOf(bytes: Uint8Array): string {
  return new Bun.CryptoHasher('sha256').update(bytes).digest('hex')
}

function setEpoch(folder: string, epoch: string): void {
  const db = new Database(join(folder, 'chatroom.db'))
  db.run(`UPDATE settings SET value = ? WHERE key = 'epoch'`, [epoch])
  db.close()
}

function checkFile(folder: string): string {
  const path = join(folder, 'chatroom.db')
  if (!existsSync(path)) return 'missing'
  const db = new Database(path)
  const row = db.query<{ integrity_check: string }, []>('PRAGMA integrity_check').get()
  db.run(`INSERT INTO search (search) VALUES ('integrity-check')`)
  db.close()
  return row?.integrity_check ?? 'unreadable'
}
