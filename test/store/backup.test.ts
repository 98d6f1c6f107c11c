import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { backUp } from '../../src/store/backup/backup'
import { openFolderFiles } from '../../src/store/files'
import { restore } from '../../src/store/backup/restore'
import { openStore } from '../../src/store/sqlite/sqlite'
import type { Store } from '../../src/store/store'
import { bytesOf, readTar, writeTar } from '../../src/store/backup/tar'
import { rules } from './engine'
import { makeFolder, removeFolder } from '../helpers/folders'
import { join as joinAs, say } from './people'

const place = makeFolder()
const data = join(place, 'data')
const whole = join(place, 'whole.tar')
const about = { version: '9.9.9', now: () => 1_700_000_000_000 }
const id = 'ab'.repeat(16)

function openIn(folder: string): Store {
  const store = openStore({ folder, ...rules, now: () => 1 })
  if ('problem' in store) throw new Error(store.problem)
  return store
}

beforeAll(async () => {
  const store = openIn(data)
  const ada = await joinAs(store, 'Ada', 1)
  for (let n = 0; n < 50; n += 1) await say(store, ada, `message ${n}`)
  const draft = await openFolderFiles(join(data, 'files'), store.filesId).begin()
  await draft.write(Buffer.from('a file of somebody'))
  await draft.keep(id)
  const empty = { width: null, height: null, preview: '', description: '', createdAt: 1 }
  const file = { id, name: 'a.txt', type: 'text/plain', size: 18, owner: ada.id, ...empty }
  await store.attachments.add(file)
  expect(await backUp({ folder: data, file: whole, ...about })).toMatchObject({
    messages: 50,
    files: 1,
  })
  await store.close()
})

afterAll(() => removeFolder(place))

const newFolder = (name: string): string => join(place, name)

test('a backup is a tar file of the data folder, for its owner only, and nothing is left', () => {
  const listed = Bun.spawnSync(['tar', 'tf', whole]).stdout.toString().trim().split('\n')
  expect(listed).toEqual(['chatroom-backup.json', 'chatroom.db', `files/ab/${id}`, 'SHA256'])
  expect(statSync(whole).mode & 0o777).toBe(0o600)
  expect(readdirSync(place).toSorted()).toEqual(['data', 'whole.tar'])
  expect(readdirSync(data).toSorted()).toEqual(['chatroom.db', 'files', 'lock'])
})

test('it restores into a new folder or an empty one: the same instance, a new epoch', async () => {
  mkdirSync(newFolder('empty'))
  const first = openIn(data)
  for (const name of ['new', 'empty']) {
    expect(await restore(whole, newFolder(name))).toMatchObject({ messages: 50, files: 1 })
    const store = openIn(newFolder(name))
    expect(store.instance).toBe(first.instance)
    expect(store.epoch).not.toBe(first.epoch)
    await store.close()
    expect(await Bun.file(join(newFolder(name), 'files', 'ab', id)).text()).toBe(
      'a file of somebody',
    )
  }
  await first.close()
})

test('nothing is overwritten, by neither', async () => {
  const sentence = { problem: expect.stringContaining('overwrite nothing') }
  expect(await backUp({ folder: data, file: whole, ...about })).toEqual(sentence)
  const before = readdirSync(data)
  expect(await restore(whole, data)).toEqual(sentence)
  await Bun.write(join(newFolder('other'), 'letter.txt'), 'mine')
  expect(await restore(whole, newFolder('other'))).toEqual(sentence)
  expect(readdirSync(data)).toEqual(before)
  expect(readdirSync(newFolder('other'))).toEqual(['letter.txt'])
})

test('what is no backup, or is from a newer Chatroom, is refused with a sentence', async () => {
  const refused = async (file: string, sentence: string): Promise<void> => {
    const into = newFolder('refused')
    expect(await restore(file, into)).toEqual({ problem: expect.stringContaining(sentence) })
    expect(existsSync(into)).toBe(false)
  }
  await refused(join(place, 'nowhere.tar'), 'There is no file')
  for (const foreign of ['', 'short', 'x'.repeat(5_000)]) {
    await Bun.write(join(place, 'foreign.tar'), foreign)
    await refused(join(place, 'foreign.tar'), 'is no backup')
  }
  const manifest = { kind: 'chatroom backup', layout: 1, format: 1, instance: '', madeBy: '10.0.0' }
  for (const [name, change] of Object.entries({ layout: { layout: 2 }, data: { format: 999 } })) {
    const file = join(place, `${name}.tar`)
    const tar = await writeTar(file)
    const text = Buffer.from(JSON.stringify({ ...manifest, ...change }))
    await tar.add({ name: 'chatroom-backup.json', size: text.length }, new Blob([text]).stream())
    await tar.finish()
    await refused(file, 'newer Chatroom (10.0.0)')
  }
})

test('a backup that was damaged anywhere, or cut, is refused and leaves nothing', async () => {
  const bytes = await Bun.file(whole).bytes()
  const end = bytes.length - 1_024
  // Behind the checksum there is only what fills its block.
  const last = end - 512 + 63
  const places = Array.from({ length: 24 }, (_, n) => 512 + Math.floor(((last - 512) * n) / 23))
  const damaged = join(place, 'damaged.tar')
  const into = newFolder('damaged')
  for (const at of places) {
    const changed = bytes.slice()
    changed[at] = (changed[at] ?? 0) ^ 1
    await Bun.write(damaged, changed)
    expect(await restore(damaged, into)).toHaveProperty('problem')
    expect(existsSync(into)).toBe(false)
  }
  for (const length of [2_000, 100_000, end - 700]) {
    await Bun.write(damaged, bytes.subarray(0, length))
    expect(await restore(damaged, into)).toEqual({
      problem: expect.stringContaining('damaged or cut short'),
    })
  }
})

test('no server opens a restore that was killed, and it can be done again', async () => {
  const into = newFolder('cut')
  await Bun.write(join(into, 'restoring', 'chatroom.db'), 'half of it')
  await Bun.write(join(into, 'files', 'ab', id), 'all of this')
  const opened = openStore({ folder: into, ...rules, firstRoom: () => never(), now: () => 1 })
  expect(opened).toEqual({ problem: expect.stringContaining('not finished') })
  expect(await restore(whole, into)).toMatchObject({ messages: 50 })
  await openIn(into).close()
})

test('data that lost a file is not backed up as if it were whole', async () => {
  const poor = newFolder('poor')
  await restore(whole, poor)
  await Bun.file(join(poor, 'files', 'ab', id)).delete()
  const file = join(place, 'poor.tar')
  expect(await backUp({ folder: poor, file, ...about })).toEqual({
    problem: expect.stringContaining(`1 files in ${poor} are missing`),
  })
  expect(existsSync(file)).toBe(false)
})

test('what a killed backup pinned is let go of, what a running one pins is not', async () => {
  const [dead, alive] = ['backup-dead', 'backup-alive'].map((name) => join(data, name))
  for (const folder of [dead, alive]) mkdirSync(folder ?? '')
  const lock = new Database(join(alive ?? '', 'lock'), { create: true })
  lock.run('BEGIN EXCLUSIVE')
  expect(await backUp({ folder: data, file: join(place, 'next.tar'), ...about })).toHaveProperty(
    'messages',
  )
  expect(readdirSync(data).filter((name) => name.startsWith('backup-'))).toEqual(['backup-alive'])
  lock.close()
})

test('files of any size pass through a tar file', async () => {
  const file = join(place, 'sizes.tar')
  const tar = await writeTar(file)
  const sizes = [0, 1, 511, 512, 513, 1_048_576, 1_048_577]
  for (const size of sizes) {
    const body = Buffer.alloc(size, size % 251)
    await tar.add({ name: `n-${size}`, size }, new Blob([body]).stream())
  }
  await tar.finish()
  const reader = await readTar(file)
  for (const size of sizes) {
    expect(await reader.next()).toEqual({ name: `n-${size}`, size })
    const read = Buffer.concat(await Array.fromAsync(reader.bytes()))
    expect(read.equals(Buffer.alloc(size, size % 251))).toBe(true)
  }
  expect(await reader.next()).toBeNull()
  await reader.close()
  expect(Bun.spawnSync(['tar', 'tf', file]).stdout.toString().split('\n').length).toBe(8)
  const all = await Array.fromAsync(bytesOf(file))
  expect(all.reduce((sum, { length }) => sum + length, 0)).toBe(Bun.file(file).size)
})

function never(): never {
  throw new Error('nobody asks')
}
