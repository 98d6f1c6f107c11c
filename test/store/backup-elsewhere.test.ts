import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { backUp } from '../../src/store/backup/backup'
import { restore } from '../../src/store/backup/restore'
import { type FilesPlace, type FileStore, openFolderFiles } from '../../src/store/files'
import { parseS3Place } from '../../src/store/s3/place'
import { openS3Files } from '../../src/store/s3/s3-files'
import { openStore } from '../../src/store/sqlite/sqlite'
import type { Store, User } from '../../src/store/store'
import { startS3Server } from '../helpers/s3-server'
import { makeFolder, removeFolder } from '../helpers/folders'
import { rules } from './engine'
import { join as joinAs, say } from './people'

const place = makeFolder()
const bucket = await startS3Server()
const about = { version: '9.9.9', now: () => 1_700_000_000_000 }
const ids = Array.from({ length: 5 }, (_, n) => `${n}${'ab'.repeat(16)}`.slice(0, 32))
const s3 = (prefix: string) => ({ s3: parseS3Place(`s3://${bucket.bucket}/${prefix}`, bucket.env) })
const places: Record<string, FilesPlace> = {
  'a folder elsewhere': { folder: join(place, 'elsewhere') },
  'a bucket': s3('old'),
}
const data = (name: string): string => join(place, name.replaceAll(' ', '-'))
let ada: User

function openIn(folder: string, files: FilesPlace): Store {
  const filesFolder = 'folder' in files ? files.folder : null
  const store = openStore({ folder, filesFolder, ...rules, now: () => 1 })
  if ('problem' in store) throw new Error(store.problem)
  return store
}

async function filesOf(store: Store, folder: string, files: FilesPlace): Promise<FileStore> {
  if ('folder' in files) return openFolderFiles(files.folder, store.filesId)
  const isNew = async () => (await store.attachments.stored(0)).all.files === 0
  return openS3Files({ place: files.s3, id: store.filesId, folder, isNew })
}

async function add(store: Store, files: FileStore, id: string): Promise<void> {
  const draft = await files.begin()
  await draft.write(Buffer.from(`file ${id}`))
  await draft.keep(id)
  const empty = { width: null, height: null, preview: '', description: '', createdAt: 1 }
  const size = 5 + id.length
  await store.attachments.add({
    id,
    name: 'a.txt',
    type: 'text/plain',
    size,
    owner: ada.id,
    ...empty,
  })
}

beforeAll(async () => {
  for (const [name, files] of Object.entries(places)) {
    const store = openIn(data(name), files)
    ada = await joinAs(store, 'Ada', 1)
    await say(store, ada, 'a message')
    const kept = await filesOf(store, data(name), files)
    for (const id of ids) await add(store, kept, id)
    await store.close()
  }
})

afterAll(() => {
  bucket.stop()
  removeFolder(place)
})

for (const [from, files] of Object.entries(places)) {
  test(`files of ${from} are backed up, and restored into a folder or a bucket`, async () => {
    const [folder, file] = [data(from), `${data(from)}.tar`]
    const made = await backUp({ folder, files, file, ...about })
    expect(made).toMatchObject({ messages: 1, files: ids.length })
    const targets = [{ folder: join(place, `files of ${from}`) }, s3(`new ${from}`)]
    for (const [n, target] of targets.entries()) {
      const back = `${data(from)}-${n}`
      expect(await restore(file, back, target)).toMatchObject({ messages: 1, files: ids.length })
      const store = openIn(back, target)
      const restored = await filesOf(store, back, target)
      expect(await restored.isHere()).toBe(true)
      for (const id of ids) {
        expect(Buffer.from(await restored.read(id, 0, 99)).toString()).toBe(`file ${id}`)
      }
      await store.close()
      expect(readdirSync(back)).not.toContain('files')
      const other = `${data(from)}-${n}-again`
      const sentence = { problem: expect.stringContaining('is not empty, and I overwrite nothing') }
      expect(await restore(file, other, target)).toEqual(sentence)
      expect(await restored.isHere()).toBe(true)
    }
    const left = [...bucket.objects.keys()].filter((key) => key.endsWith('restoring'))
    expect(left).toEqual([])
    expect(readdirSync(join(place, `files of ${from}`))).not.toContain('restoring')
  })

  test(`a killed restore of ${from} can be done again; one that fails leaves nothing`, async () => {
    const file = `${data(from)}.tar`
    const half = { folder: join(place, `half of ${from}`) }
    await Bun.write(join(half.folder, 'restoring', 'files', 'ab', 'left'), 'half')
    await Bun.write(join(half.folder, 'cd', 'left'), 'half')
    await bucket.put(`half ${from}/restoring`, 'yes')
    await bucket.put(`half ${from}/ab/${'ab'.repeat(16)}`, 'half')
    const bytes = await Bun.file(file).bytes()
    const cut = join(place, 'cut.tar')
    await Bun.write(cut, bytes.subarray(0, bytes.length - 3_000))
    for (const [n, target] of [half, s3(`half ${from}`)].entries()) {
      const back = `${data(from)}-half-${n}`
      const problem = expect.stringContaining('damaged or cut short')
      expect(await restore(cut, back, target)).toEqual({ problem })
      const keys = () => [...bucket.objects.keys()].filter((key) => key.startsWith(`half ${from}/`))
      if ('s3' in target) expect(keys()).toEqual([])
      else expect(readdirSync(target.folder)).toEqual([])
      mkdirSync(join(back, 'restoring'), { recursive: true })
      expect(await restore(file, back, target)).toMatchObject({ files: ids.length })
    }
  })
}

test('a backup of a bucket has all files of its database, though some go meanwhile', async () => {
  const files = s3('old')
  const folder = data('a bucket')
  const store = openIn(folder, files)
  const kept = await filesOf(store, folder, files)
  let changed: Promise<void> | null = null
  bucket.harm = ({ method, key }) => {
    // Behind the first file, the last one goes and another one comes.
    if (method !== 'GET' || !key.endsWith(ids[1] ?? '')) return null
    bucket.harm = () => null
    bucket.objects.delete(`old/4a/${ids[4]}`)
    changed = store.attachments.dropUnused(2).then(async () => {
      for (const id of [...ids.slice(0, 4), 'f'.repeat(32)]) await add(store, kept, id)
    })
    return 'slow down'
  }
  const file = join(place, 'moving.tar')
  const made = await backUp({ folder, files, file, ...about })
  expect(changed).not.toBeNull()
  await changed
  expect(made).toMatchObject({ messages: 1 })
  await store.close()
  const back = join(place, 'moving')
  expect(await restore(file, back, s3('moving'))).toMatchObject({ messages: 1 })
  const again = openIn(back, s3('moving'))
  const restored = await filesOf(again, back, s3('moving'))
  expect((await restored.read('f'.repeat(32), 0, 99)).length).toBe(37)
  await again.close()
})

test('files that are lost in a bucket are told, and no backup is made', async () => {
  bucket.objects.delete(`old/0a/${ids[0]}`)
  const file = join(place, 'lost.tar')
  const made = await backUp({ folder: data('a bucket'), files: s3('old'), file, ...about })
  expect(made).toEqual({
    problem: expect.stringContaining('1 files in s3://a-bucket/old are missing'),
  })
  const other = await backUp({ folder: data('a bucket'), files: s3('x'), file, ...about })
  expect(other).toEqual({ problem: expect.stringContaining('does not belong to the Chatroom') })
  expect(readdirSync(place).filter((name) => name.startsWith('lost'))).toEqual([])
})
