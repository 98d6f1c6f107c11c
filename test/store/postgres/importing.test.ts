import { SQL } from 'bun'
import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { backUp } from '../../../src/store/backup/backup'
import { importFolder } from '../../../src/store/backup/import'
import { restore } from '../../../src/store/backup/restore'
import { type FilesPlace, openFolderFiles } from '../../../src/store/files'
import { asOperator } from '../../../src/store/operator'
import { parseS3Place } from '../../../src/store/s3/place'
import { openStore } from '../../../src/store/sqlite/sqlite'
import { sharedPostgres } from '../../helpers/postgres'
import { startS3Server } from '../../helpers/s3-server'
import { makeFolder, removeFolder } from '../../helpers/folders'
import { waitUntil } from '../../helpers/wait'
import { rules } from '../engine'
import { join as joinAs, say } from '../people'
import { describeOnPostgres, openStore as openNode } from './databases'

const place = makeFolder()
const from = join(place, 'from')
const id = 'ab'.repeat(16)
const bucket = await startS3Server()
const s3 = (prefix: string): FilesPlace => ({
  s3: parseS3Place(`s3://${bucket.bucket}/${prefix}`, bucket.env),
})
let made = 0

/** Imports into a folder of its own. */
function importInto(database: string, files?: FilesPlace, source = from, progress = () => {}) {
  made += 1
  const folder = join(place, `to-${made}`)
  const where = files ?? { folder: join(folder, 'files') }
  return importFolder({ from: source, folder, files: where, database, progress })
}

const createDatabase = async (): Promise<string> => (await sharedPostgres()).create()

const problem = (sentence: string) => ({ problem: expect.stringContaining(sentence) })

async function countPeople(url: string): Promise<number> {
  await using sql = new SQL(url, { max: 1 })
  return (await sql.unsafe('SELECT 1 FROM chatroom.users')).length
}

beforeAll(async () => {
  const store = openStore({ folder: from, ...rules, now: () => 1 })
  if ('problem' in store) throw new Error(store.problem)
  const ada = await joinAs(store, 'Ada', 1)
  for (let n = 0; n < 50; n += 1) await say(store, ada, `message ${n}`)
  const draft = await openFolderFiles(join(from, 'files'), store.filesId).begin()
  await draft.write(Buffer.from('a file of somebody'))
  await draft.keep(id)
  const empty = { width: null, height: null, preview: '', description: '', createdAt: 1 }
  const file = { id, name: 'a.txt', type: 'text/plain', size: 18, owner: ada.id, ...empty }
  await store.attachments.add(file)
  await store.close()
})

afterAll(() => {
  bucket.stop()
  removeFolder(place)
})

/** A copy of the folder that is imported. */
function copyOf(name: string): string {
  const folder = join(place, name)
  mkdirSync(join(folder, 'files', 'ab'), { recursive: true })
  for (const file of ['chatroom.db', 'files/belongs-to', `files/ab/${id}`]) {
    copyFileSync(join(from, file), join(folder, file))
  }
  return folder
}

describeOnPostgres('an import', () => {
  test('puts files into a bucket, leaves them there the next time, and backs them up', async () => {
    const amount = { messages: 50, files: 1, bytes: 18 }
    expect(await importInto(await createDatabase(), s3('place'))).toEqual(amount)
    const keys = [...bucket.objects.keys()].toSorted()
    expect(keys).toEqual([`place/ab/${id}`, 'place/belongs-to'])
    expect(existsSync(join(from, 'moved'))).toBe(false)
    const copy = copyOf('again')
    const before = bucket.asked.length
    expect(await importInto(await createDatabase(), s3('place'), copy)).toEqual(amount)
    expect(
      bucket.asked.slice(before).filter(({ method }) => method !== 'GET' && method !== 'HEAD'),
    ).toEqual([])
    expect(existsSync(join(copy, 'moved'))).toBe(true)
    const url = await createDatabase()
    expect(await importInto(url, s3('other'), copyOf('other'))).toEqual(amount)
    const file = join(place, 'from-bucket.tar')
    const about = { folder: join(place, 'none'), version: '9.9.9', now: () => 1, file }
    const backedUp = await backUp({ ...about, database: url, files: s3('other') })
    expect(backedUp).toMatchObject({ messages: 50, files: 1 })
    const back = join(place, 'back')
    expect(await restore(file, back)).toMatchObject({ messages: 50, files: 1 })
    expect(readFileSync(join(back, 'files', 'ab', id), 'utf8')).toBe('a file of somebody')
  })

  test('that is cut off leaves nobody in the database, and can be done again', async () => {
    const url = await createDatabase()
    const files = { folder: join(place, 'cut', 'files') }
    await using watcher = new SQL((await sharedPostgres()).url('postgres'), { max: 1 })
    // It connects now: meanwhile the import would be done.
    await watcher.unsafe('SELECT 1')
    const cut = async (): Promise<void> => {
      const name = new URL(url).pathname.slice(1)
      await watcher.unsafe(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
      )
    }
    let seen = 0
    const failed = await importInto(url, files, from, () => {
      seen += 1
      // Behind the first table.
      if (seen === 3) void cut()
    })
    expect(failed).toEqual(problem('I cannot use the database'))
    expect(await waitUntil(async () => (await countPeople(url)) === 0, 'nobody')).toBe(true)
    expect(readdirSync(files.folder)).toContain('restoring')
    expect(await importInto(url, files)).toMatchObject({ messages: 50 })
    expect(readdirSync(files.folder).toSorted()).toEqual(['ab', 'belongs-to', 'drafts'])
  })

  test('refuses what is no stopped server with all of its files', async () => {
    const url = await createDatabase()
    const refuses = async (folder: string, sentence: string): Promise<void> => {
      expect(await importInto(url, undefined, folder)).toEqual(problem(sentence))
    }
    await refuses(join(place, 'nowhere'), 'There is no Chatroom in')
    const unfinished = copyOf('unfinished')
    mkdirSync(join(unfinished, 'restoring'))
    await refuses(unfinished, 'is not whole')
    for (const [format, sentence] of [
      [0, 'Start the server once with this version'],
      [999, 'written by a newer Chatroom (format 999'],
    ] as const) {
      const folder = copyOf(`format-${format}`)
      using db = new Database(join(folder, 'chatroom.db'))
      db.run(`PRAGMA user_version = ${format}`)
      await refuses(folder, sentence)
    }
    const damaged = copyOf('damaged')
    const bytes = readFileSync(join(damaged, 'chatroom.db'))
    writeFileSync(join(damaged, 'chatroom.db'), bytes.fill(7, 20_000, 60_000))
    await refuses(damaged, `The database in ${damaged} is damaged`)
    const lost = copyOf('lost')
    writeFileSync(join(lost, 'files', 'ab', id), 'less')
    await refuses(lost, `The file ${id} is missing in`)
    writeFileSync(join(lost, 'files', 'belongs-to'), 'another')
    await refuses(lost, 'are neither in')
    const full = { folder: join(place, 'full') }
    await Bun.write(join(full.folder, 'letter.txt'), 'mine')
    expect(await importInto(url, full)).toEqual(problem('is not empty, and I overwrite nothing'))
    expect(readdirSync(full.folder)).toEqual(['letter.txt'])
    expect(await importInto(url)).toMatchObject({ messages: 50 })
  })
})

describeOnPostgres('a backup of PostgreSQL', () => {
  test('is of one moment, though people talk meanwhile', async () => {
    const url = await createDatabase()
    const store = await openNode(url)
    const ada = await joinAs(store, 'Ada', 1)
    let [said, isOver] = [0, false]
    const talk = async (): Promise<void> => {
      for (; !isOver; said += 1) await say(store, ada, `message ${said}`)
    }
    const talking = talk()
    const folder = join(place, 'talk')
    mkdirSync(join(folder, 'files'), { recursive: true })
    const file = join(place, 'talk.tar')
    await waitUntil(() => said > 20, 'some messages')
    const made = await backUp({ folder, version: '9.9.9', now: () => 1, file, database: url })
    const last = said
    isOver = true
    await talking
    await store.close()
    if ('problem' in made) throw new Error(made.problem)
    expect(made.messages).toBeGreaterThan(20)
    expect(made.messages).toBeLessThanOrEqual(last + 1)
    const back = join(place, 'talked')
    expect(await restore(file, back)).toMatchObject({ messages: made.messages })
    // It is checked when it is opened: each room is as new as its newest message.
    const opened = openStore({ folder: back, ...rules, now: () => 1 })
    if ('problem' in opened) throw new Error(opened.problem)
    await opened.close()
  })
})

describeOnPostgres('a command for a database that it cannot use', () => {
  test('says why in one sentence, without the password', async () => {
    const server = await sharedPostgres()
    const url = await server.create()
    await using sql = new SQL(url, { max: 1 })
    await sql.unsafe(`CREATE ROLE locked LOGIN PASSWORD 'right'; CREATE ROLE weak LOGIN`)
    const [{ hba_file: rules }] = await sql.unsafe('SHOW hba_file')
    const text = readFileSync(rules, 'utf8')
    writeFileSync(rules, `host all locked 127.0.0.1/32 scram-sha-256\n${text}`)
    await sql.unsafe('SELECT pg_reload_conf()')
    await sql.close()
    const as = (name: string) => url.replace('chat@', `${name}@`)
    const archive = join(place, 'none.tar')
    const about = { version: '9.9.9', now: () => 1, folder: join(place, 'home') }
    mkdirSync(join(about.folder, 'files'), { recursive: true })
    const reasons = {
      [as('locked:wrong-secret')]: 'refuses the name or the password',
      [as('nobody:wrong-secret')]: 'refuses the name or the password',
      [as('weak:wrong-secret')]: 'has not enough rights',
      [server.url('nowhere').replace('chat@', 'chat:wrong-secret@')]: 'no database of this name',
      'postgres://chat:wrong-secret@127.0.0.1:1/chat': 'nothing answers there',
    }
    for (const [database, reason] of Object.entries(reasons)) {
      const said = await importInto(database)
      expect(said).toEqual(problem(reason))
      expect(JSON.stringify(said)).not.toContain('secret')
      const others = [
        await backUp({ ...about, file: archive, database }),
        await asOperator({ database, dataFolder: from }, async () => ({ problem: '' })),
      ]
      for (const other of others) {
        const text = JSON.stringify(other)
        expect(text).toMatch(/I cannot use the database .*\.|There is no Chatroom in the database/)
        expect(text).not.toContain('secret')
      }
    }
    // A database that no server has used, and one of another version.
    const none = await server.create()
    const missing = problem('There is no Chatroom in the database')
    expect(await backUp({ ...about, file: archive, database: none })).toEqual(missing)
    expect(existsSync(archive)).toBe(false)
    expect(
      await restore(join(place, 'x.tar'), about.folder, undefined, { database: none }),
    ).toEqual(problem('There is no file'))
  })
})
