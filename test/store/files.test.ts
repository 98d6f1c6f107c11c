import { afterAll, describe, expect, test } from 'bun:test'
import { readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import {
  type FileStore,
  markerName,
  markFolder,
  openFolderFiles,
  sharedAgeMs,
} from '../../src/store/files'
import { openS3Files } from '../../src/store/s3/s3-files'
import { parseS3Place } from '../../src/store/s3/place'
import { signUrl } from '../../src/store/s3/signature'
import { startS3Server } from '../helpers/s3-server'
import { makeFolder, removeFolder } from '../helpers/folders'

/** A file store of the tests, and what the tests do behind its back. */
type Place = {
  files: FileStore
  /** The folder for drafts. */
  drafts: string
  /** Makes a file look as if it had been written long ago. */
  age: (id: string) => void
  /** Replaces the mark of the database. */
  mark: (text: string) => Promise<unknown>
}

const folder = makeFolder()
const store = await startS3Server()
const longAgo = new Date(Date.now() - 7 * 24 * 60 * 60_000)
const id = (n: number): string => n.toString(16).padStart(32, '0')

afterAll(() => {
  store.stop()
  removeFolder(folder)
})

const keys = { ...store.env, S3_SESSION_TOKEN: 'a/token+=' }
const place = (prefix: string) => parseS3Place(`s3://${store.bucket}${prefix}`, keys)

async function openS3(prefix: string, isNew = true): Promise<FileStore> {
  const options = { id: 'our database', folder, isNew: async () => isNew }
  return openS3Files({ place: place(prefix), ...options })
}

async function inFolder(): Promise<Place> {
  const root = join(folder, 'in-folder')
  markFolder(root, 'our database')
  const pathOf = (file: string): string => join(root, file.slice(0, 2), file)
  return {
    files: openFolderFiles(root, 'our database'),
    drafts: join(root, 'drafts'),
    age: (file) => utimesSync(pathOf(file), longAgo, longAgo),
    mark: (text) => Bun.write(join(root, markerName), text),
  }
}

async function onS3(prefix: string): Promise<Place> {
  const inKeys = prefix === '' ? '' : `${prefix.slice(1)}/`
  return {
    files: await openS3(prefix),
    drafts: join(folder, 'drafts'),
    age(file) {
      const object = store.objects.get(`${inKeys}${file.slice(0, 2)}/${file}`)
      if (object !== undefined) object.changedAt = longAgo.getTime()
    },
    mark: (text) => store.put(inKeys + markerName, text),
  }
}

const places: Record<string, () => Promise<Place>> = {
  'a folder': inFolder,
  'a bucket': () => onS3(''),
  'a prefix with many signs': () => onS3(`/é 中+%2F (x)'!*&<a>?`),
}

async function keep(files: FileStore, file: string, bytes: Uint8Array | string): Promise<void> {
  const draft = await files.begin()
  await draft.write(Buffer.from(bytes))
  await draft.flush()
  await draft.keep(file)
  await draft.drop()
}

for (const [name, open] of Object.entries(places)) {
  describe(`files in ${name}`, () => {
    test('can be read in parts once they are kept, and not once they are removed', async () => {
      const { files, drafts } = await open()
      expect(await files.isHere()).toBe(true)
      const bytes = crypto.getRandomValues(new Uint8Array(1_300_000).subarray(0, 60_000))
      const large = Buffer.concat([bytes, Buffer.alloc(1_240_001, 'x')])
      const draft = await files.begin()
      await draft.write(large.subarray(0, 70_000))
      await draft.write(large.subarray(70_000))
      expect(Buffer.from(await draft.read(59_990, 20))).toEqual(large.subarray(59_990, 60_010))
      expect(await files.size(id(1))).toBeNull()
      await draft.keep(id(1))
      await draft.drop()
      expect(readdirSync(drafts)).toEqual([])
      expect(await files.size(id(1))).toBe(large.length)
      for (const [start, end] of [
        [0, large.length],
        [17, 1_200_000],
        [1_300_000, 1_300_001],
        [5, 5],
      ] as const) {
        const read = Buffer.concat(await Array.fromAsync(files.parts(id(1), start, end)))
        expect(read.equals(large.subarray(start, end))).toBe(true)
      }
      expect(Buffer.from(await files.read(id(1), 1_299_999, 100)).toString()).toBe('xx')
      expect((await files.read(id(1), 2_000_000, 10)).length).toBe(0)
      await expect(Array.fromAsync(files.parts(id(1), 0, large.length + 1))).rejects.toThrow()
      await files.remove(id(1))
      await files.remove(id(1))
      expect(await files.size(id(1))).toBeNull()
      await expect(Array.fromAsync(files.parts(id(1), 0, 9))).rejects.toThrow()
    })

    test('do not exist while they are drafts, which go when they are dropped or old', async () => {
      const { files, drafts } = await open()
      const [dropped, old] = [await files.begin(), await files.begin()]
      await dropped.write(Buffer.from('dropped'))
      await dropped.drop()
      await old.write(Buffer.from('old'))
      expect(readdirSync(drafts).length).toBe(1)
      await files.removeDrafts(Date.now() - 60_000)
      expect(readdirSync(drafts).length).toBe(1)
      await files.removeDrafts(Date.now() + 60_000)
      expect(readdirSync(drafts)).toEqual([])
      await old.drop()
      expect(await Array.fromAsync(files.list(Infinity))).toEqual([])
    })

    test('are listed by age, all of them and no others', async () => {
      const { files, age } = await open()
      const ids = Array.from({ length: 8 }, (_, n) => id(n * 0x1000000 + 2))
      for (const file of ids) await keep(files, file, file)
      expect(await Array.fromAsync(files.list(longAgo.getTime() + 1))).toEqual([])
      for (const file of ids.slice(1)) age(file)
      const listed = await Array.fromAsync(files.list(longAgo.getTime() + 1))
      expect(listed.toSorted()).toEqual(ids.slice(1))
      for (const file of ids) await files.remove(file)
    })

    test('are not here when the mark is of another database', async () => {
      const { files, mark } = await open()
      await mark('another database\n')
      expect(await files.isHere()).toBe(false)
      await mark('our database\n')
      expect(await files.isHere()).toBe(true)
    })
  })
}

test('a signature is the one of the example in the specification', () => {
  const example = {
    S3_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    S3_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    S3_ENDPOINT: 'https://{bucket}.s3.amazonaws.com',
  }
  const url = signUrl(parseS3Place('s3://examplebucket', example), {
    method: 'GET',
    key: 'test.txt',
    now: Date.UTC(2013, 4, 24),
    seconds: 86_400,
  })
  expect(url).toStartWith('https://examplebucket.s3.amazonaws.com/test.txt?')
  expect(url).toEndWith('=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404')
})

test('a bucket in the name of the host is asked, and signed for, there', async () => {
  await store.put('named/one file', 'hello')
  const named = store.env.S3_ENDPOINT?.replace('127.0.0.1', '{bucket}.store.example') ?? ''
  const there = parseS3Place(`s3://${store.bucket}`, { ...keys, S3_ENDPOINT: named })
  const wanted = { method: 'GET', key: 'named/one file', now: Date.now(), seconds: 60 } as const
  const url = new URL(signUrl(there, wanted))
  expect(url.hostname).toBe('a-bucket.store.example')
  const headers = { Host: url.host }
  url.hostname = '127.0.0.1'
  expect(await (await fetch(url, { headers })).text()).toBe('hello')
  expect((await fetch(url)).status).toBe(404)
})

test('the store of the tests takes what Bun signs, and nothing that was altered', async () => {
  const { S3_ENDPOINT = '', S3_ACCESS_KEY_ID = '', S3_SECRET_ACCESS_KEY = '' } = store.env
  const own = { accessKeyId: S3_ACCESS_KEY_ID, secretAccessKey: S3_SECRET_ACCESS_KEY }
  const about = { endpoint: S3_ENDPOINT, region: store.env.S3_REGION ?? '', bucket: store.bucket }
  const client = new Bun.S3Client({ ...own, ...about })
  await client.write('by/Bun 中', 'hello')
  expect(await client.file('by/Bun 中').text()).toBe('hello')
  const url = client.presign('by/Bun 中', { expiresIn: 60 })
  expect(await (await fetch(url)).text()).toBe('hello')
  for (const altered of [
    url.replace('Expires=60', 'Expires=61'),
    url.replace('by/', 'my/'),
    url.replace(/Date=\d{4}/, 'Date=2019'),
    url.split('?')[0] ?? '',
  ]) {
    expect((await fetch(altered)).status).toBe(403)
  }
  expect((await fetch(url, { method: 'DELETE' })).status).toBe(403)
})

test('a request that failed is made again, and nothing appears before it is whole', async () => {
  const files = await openS3('/harmed')
  const bytes = Buffer.alloc(1_200_000, 'y')
  const seen = new Map<string, number>()
  // Each request fails twice, in another way each.
  store.harm = ({ method, key, headers }) => {
    const name = `${method} ${key} ${headers.range ?? ''}`
    const n = seen.get(name) ?? 0
    seen.set(name, n + 1)
    if (n === 2 && method === 'PUT') expect(store.objects.has(key)).toBe(false)
    return (['cut', 'slow down'] as const)[n] ?? null
  }
  await keep(files, id(3), bytes)
  expect(await files.size(id(3))).toBe(bytes.length)
  const read = Buffer.concat(await Array.fromAsync(files.parts(id(3), 0, bytes.length)))
  expect(read.equals(bytes)).toBe(true)
  await files.remove(id(3))
  store.harm = () => null
  expect(await files.size(id(3))).toBeNull()
  expect(Math.max(...seen.values())).toBe(3)
})

test('a store that does not answer is waited for no longer than a request may take', async () => {
  const times = { tries: 3, tryMs: 60, allMs: 150 }
  const options = { id: 'our database', folder, isNew: async () => true, times }
  const files = await openS3Files({ place: place('/silent'), ...options })
  store.harm = () => 'hole'
  expect(await files.isHere()).toBe(false)
  await expect(files.size(id(5))).rejects.toMatchObject({ code: 'FILES_AWAY' })
  store.harm = () => null
  expect(await files.isHere()).toBe(true)
})

test('a store that answers nonsense gives no bytes, and its list has an end', async () => {
  const files = await openS3('/nonsense')
  store.harm = () => 'nonsense'
  await expect(files.read(id(6), 0, 10)).rejects.toMatchObject({ code: 'FILES_AWAY' })
  await expect(Array.fromAsync(files.parts(id(6), 0, 10))).rejects.toMatchObject({ status: 206 })
  expect(await files.isHere()).toBe(false)
  expect(await Array.fromAsync(files.list(Infinity))).toEqual([])
  store.harm = () => null
})

test('a store that answers without an end, or names another place, is not followed', async () => {
  const files = await openS3('/endless')
  store.harm = () => 'endless'
  await expect(files.read(id(6), 0, 10)).rejects.toMatchObject({ code: 'FILES_AWAY', status: 403 })
  expect(store.endlessTaken).toBeLessThan(16)
  await expect(Array.fromAsync(files.list(Infinity))).rejects.toMatchObject({ code: 'FILES_AWAY' })
  expect(store.endlessTaken).toBeLessThan(32)
  store.harm = ({ key }) => (key === 'elsewhere' ? null : 'elsewhere')
  await expect(files.read(id(6), 0, 10)).rejects.toMatchObject({ status: 307 })
  expect(store.asked.some(({ key }) => key === 'elsewhere')).toBe(false)
  store.harm = () => 'no length'
  await expect(files.size(id(6))).rejects.toMatchObject({ code: 'FILES_AWAY' })
  store.harm = () => null
})

test('a store that refuses or is full says so at once, and the draft goes', async () => {
  const files = await openS3('/refused')
  for (const [harm, code] of [
    ['refuse', 'FILES_AWAY'],
    ['missing', 'FILES_AWAY'],
    ['full', 'ENOSPC'],
  ] as const) {
    store.harm = ({ method }) => (method === 'PUT' ? harm : null)
    const draft = await files.begin()
    await draft.write(Buffer.from('some'))
    await expect(draft.keep(id(4))).rejects.toMatchObject({ code })
    await draft.drop()
    store.harm = () => null
  }
  expect(readdirSync(join(folder, 'drafts'))).toEqual([])
  expect(await files.size(id(4))).toBeNull()
})

test('only a database without files marks a bucket, and never over another mark', async () => {
  const marker = `marked/${markerName}`
  expect(await (await openS3('/marked', false)).isHere()).toBe(false)
  expect(store.objects.has(marker)).toBe(false)
  await store.put(marker, 'another database')
  expect(await (await openS3('/marked')).isHere()).toBe(false)
  expect(await store.textOf(marker)).toBe('another database')
  const theirs = store.objects.get(marker)
  store.objects.delete(marker)
  // Another server marks it at the same moment.
  store.harm = ({ method }) => {
    if (method === 'PUT' && theirs !== undefined) store.objects.set(marker, theirs)
    return null
  }
  expect(await (await openS3('/marked')).isHere()).toBe(false)
  expect(await store.textOf(marker)).toBe('another database')
  // A store that knows no condition.
  store.objects.delete(marker)
  store.harm = ({ headers }) => (headers['if-none-match'] === undefined ? null : 'unknown')
  expect(await (await openS3('/marked')).isHere()).toBe(true)
  store.harm = () => null
  expect(await store.textOf(marker)).toBe('our database\n')
})

test('where several servers write, what is young is left to them', async () => {
  const root = join(folder, 'shared')
  markFolder(root, 'our database')
  const files = openFolderFiles(root, 'our database', sharedAgeMs)
  await keep(files, id(7), 'young')
  const draft = await files.begin()
  await files.removeDrafts(Date.now() + 1_000)
  expect(readdirSync(join(root, 'drafts')).length).toBe(1)
  expect(await Array.fromAsync(files.list(Date.now() + 1_000))).toEqual([])
  utimesSync(join(root, '00', id(7)), longAgo, longAgo)
  expect(await Array.fromAsync(files.list(Date.now()))).toEqual([id(7)])
  await draft.drop()
  const bucket = await openS3('/young')
  await keep(bucket, id(7), 'young')
  expect(await Array.fromAsync(bucket.list(Date.now() + 1_000))).toEqual([])
})

test('files of another server under a longer prefix are not listed', async () => {
  const files = await openS3('')
  await store.put(`other/ab/${'ab'.repeat(16)}`, 'theirs', longAgo.getTime())
  await store.put(`ab/${'cd'.repeat(16)}`, 'elsewhere', longAgo.getTime())
  expect(await Array.fromAsync(files.list(Infinity))).toEqual([])
})

test('a place that is named wrongly is refused, in a sentence without a secret', async () => {
  const secret = 'not/the+secret'
  const wrong: [string, Record<string, string>][] = [
    ['refuses the keys', { S3_SECRET_ACCESS_KEY: secret }],
    ['refuses the keys', { S3_ACCESS_KEY_ID: 'nobody' }],
    ['refuses the region', { S3_REGION: 'elsewhere' }],
    ['has no bucket', { S3_ENDPOINT: `${store.env.S3_ENDPOINT}/deeper` }],
  ]
  for (const [sentence, env] of wrong) {
    const options = { id: 'our database', folder, isNew: async () => true }
    const there = parseS3Place(`s3://${store.bucket}/wrong`, { ...store.env, ...env })
    const fault = await openS3Files({ place: there, ...options }).catch((thrown) => thrown)
    expect(String(fault)).toContain(sentence)
    expect(String(fault)).not.toContain(secret)
  }
  expect([...store.objects.keys()].filter((key) => key.startsWith('wrong'))).toEqual([])
})
