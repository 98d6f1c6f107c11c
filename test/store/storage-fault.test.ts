import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { stopAfterFailedSync, storageReasonOf } from '../../src/store/storage-fault'

const withCode = (code: string): Error => Object.assign(new Error('broken'), { code })

test('a disk that refuses says why: full, read-only, or broken', () => {
  const reasonOf = (code: string) => storageReasonOf(withCode(code))
  expect(['SQLITE_FULL', 'ENOSPC', 'EDQUOT', 'EFBIG'].map(reasonOf)).toEqual(
    Array.from({ length: 4 }, () => 'full'),
  )
  expect(['SQLITE_READONLY', 'SQLITE_READONLY_DBMOVED', 'EROFS'].map(reasonOf)).toEqual(
    Array.from({ length: 3 }, () => 'read_only'),
  )
  expect(['SQLITE_IOERR_WRITE', 'SQLITE_CORRUPT', 'EIO'].map(reasonOf)).toEqual(
    Array.from({ length: 3 }, () => 'failed'),
  )
  expect(['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_MISUSE'].map(reasonOf)).toEqual([null, null])
  expect([storageReasonOf(new Error('a bug')), storageReasonOf('a word')]).toEqual([null, null])
})

test('a full database says so by itself', () => {
  const db = new Database(':memory:')
  db.run('CREATE TABLE texts (text)')
  db.run('PRAGMA max_page_count = 3')
  expect(() => db.run(`INSERT INTO texts VALUES (zeroblob(50000))`)).toThrow('full')
  try {
    db.run(`INSERT INTO texts VALUES (zeroblob(50000))`)
  } catch (fault) {
    expect(storageReasonOf(fault)).toBe('full')
  }
})

test('after a failed sync nothing is written any more, and reading goes on', async () => {
  const db = new Database(':memory:')
  db.run('CREATE TABLE texts (text)')
  const part = stopAfterFailedSync(db, {
    async add(text: string) {
      db.run('INSERT INTO texts VALUES (?)', [text])
    },
    async fail(code: string) {
      throw withCode(code)
    },
    count: () => db.query<{ n: number }, []>('SELECT count(*) AS n FROM texts').get()?.n,
  })
  await part.add('before')
  await expect(part.fail('SQLITE_FULL')).rejects.toThrow('broken')
  await part.add('a full disk may have room again')
  await expect(part.fail('SQLITE_IOERR_FSYNC')).rejects.toThrow('broken')
  await expect(part.add('after')).rejects.toThrow('readonly')
  expect(part.count()).toBe(2)
})
