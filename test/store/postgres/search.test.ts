import { describe, expect, test } from 'bun:test'
import { SQL } from 'bun'
import { createDriver } from '../../../src/store/postgres/driver'
import { createSearchIndex, keepIndexing } from '../../../src/store/postgres/search-index'
import { waitUntil } from '../../helpers/wait'
import { withinEach } from '../contract'
import { anything, texts, withFullIndex } from '../finding'
import { join, say } from '../people'
import { testSearch } from '../search'
import { findAsAScan } from '../search-generated'
import { createDatabase, describeOnPostgres, openEngine, openStore } from './databases'

describeOnPostgres('searching on PostgreSQL', () => {
  describe('when the index knows all', () => {
    testSearch(withinEach(async () => withFullIndex(await openEngine())))
  })

  test('a search finds what a plain scan finds, whatever is in the index', async () => {
    const engine = await openEngine()
    await findAsAScan(engine, 30)
    await engine.close()
  }, 30_000)

  test('the index has the new text after an edit, and nothing of what it was', async () => {
    await using opened = await openServer()
    const { store, ada, takeAll, tokensOf } = opened
    for (const text of ['first 鿁', 'second 鿥', 'third 鿦']) await say(store, ada, text)
    await takeAll()
    expect(await Promise.all(['鿁', '鿥', '鿦'].map(tokensOf))).toEqual([1, 1, 1])
    await store.messages.remove({ room: 1, seq: 2, user: ada.id, at: 2 })
    const edit = { room: 1, seq: 3, author: ada.id, mentions: () => [], at: 2 }
    await store.messages.edit({ ...edit, content: 'changed 鿃' })
    expect(await Promise.all(['鿁', '鿥', '鿦', '鿃'].map(tokensOf))).toEqual([1, 0, 0, 1])
  })

  test('a message whose tokens hold half a pair does not stop the index', async () => {
    await using opened = await openServer()
    const { store, ada, takeAll, tokensOf } = opened
    // More than folding looks at, which ends within the last mark.
    await say(store, ada, `q${'\u1161'.repeat(14)}\u{1e8d0}`)
    await say(store, ada, 'after it 鿁')
    await takeAll()
    expect(await tokensOf('鿁')).toBe(1)
  })

  test('what changes while its portion is indexed is found by its new words alone', async () => {
    await using opened = await openServer()
    const { store, ada, driver, sql, takeAll, tokensOf } = opened
    await say(store, ada, 'before 鿁')
    await say(store, ada, 'taken back 鿥')
    await sql.unsafe(`CREATE FUNCTION chatroom.pause() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_advisory_xact_lock(77); RETURN NEW; END $$;
      CREATE TRIGGER paused BEFORE INSERT ON chatroom.search
        FOR EACH STATEMENT EXECUTE FUNCTION chatroom.pause()`)
    await sql.unsafe('SELECT pg_advisory_lock(77)')
    const taking = createSearchIndex(driver).takeNext()
    const waiting = (count: number) => async (): Promise<boolean> => {
      const rows = await sql.unsafe('SELECT 1 FROM pg_locks WHERE NOT granted')
      return rows.length >= count
    }
    await waitUntil(waiting(1), 'the portion')
    const edit = { room: 1, seq: 1, author: ada.id, mentions: () => [], at: 2 }
    const changes = [
      store.messages.remove({ room: 1, seq: 2, user: ada.id, at: 2 }),
      store.messages.edit({ ...edit, content: 'after 鿃' }),
    ]
    await waitUntil(waiting(2), 'a change')
    await sql.unsafe('SELECT pg_advisory_unlock(77)')
    await Promise.all([taking, ...changes])
    await takeAll()
    expect(await Promise.all(['鿁', '鿥', '鿃'].map(tokensOf))).toEqual([0, 0, 1])
  })

  test('a message that is stored after one with a larger id is not forgotten', async () => {
    await using opened = await openServer()
    const { store, ada, sql, takeAll, tokensOf, url } = opened
    await using late = new SQL(url, { max: 1 })
    const post = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    // As a group of messages of another node does it.
    const slow = late.begin(async (tx) => {
      await tx.unsafe('SELECT pg_advisory_xact_lock_shared(1667785076)')
      await tx.unsafe(`INSERT INTO chatroom.messages
        (room_id, seq, revision, author_id, client_id, created_at, content)
        VALUES (1, 999, 999, ${ada.id}, 'late', 1, 'late 鿁')`)
      begun.resolve()
      await post.promise
    })
    await begun.promise
    await say(store, ada, 'soon 鿥')
    const taking = takeAll()
    const isWaiting = async (): Promise<boolean> =>
      (await sql.unsafe('SELECT 1 FROM pg_locks WHERE NOT granted')).length > 0
    await Promise.race([taking, waitUntil(isWaiting, 'the portion')])
    post.resolve()
    await Promise.all([slow, taking])
    await takeAll()
    expect(await Promise.all(['鿁', '鿥'].map(tokensOf))).toEqual([1, 1])
  })

  test('words far back are looked for in the index of tokens', async () => {
    await using opened = await openServer()
    const { driver, sql } = opened
    await sql.unsafe(`INSERT INTO chatroom.search
      SELECT n, array_to_tsvector(ARRAY['near', 'far' || n]) FROM generate_series(1, 5000) AS n;
      ANALYZE chatroom.search`)
    const look = driver.query<{ id: number }, [string]>(
      `SELECT far_candidates(CAST(? AS tsquery), 999999, 0) AS id`,
    )
    const scans = driver.query<{ count: number }, [string]>(
      `SELECT pg_stat_get_xact_numscans(CAST(? AS regclass)) AS count`,
    )
    const lookAndCount = driver.read(function* () {
      return { rows: yield* look.all('far7'), scans: yield* scans.get('search_by_token') }
    })
    const { rows, scans: counted } = await lookAndCount()
    expect(rows).toEqual([{ id: 7 }])
    expect(counted?.count).toBeGreaterThan(0)
  })

  test('a search that the server ends is refused as if it had waited too long', async () => {
    await using opened = await openServer()
    const { store, ada, sql, takeAll } = opened
    await say(store, ada, 'some words')
    await takeAll()
    const [found] = await sql.unsafe(
      `SELECT pg_get_functiondef('chatroom.near_candidates'::regproc) AS text`,
    )
    await sql.unsafe(`CREATE OR REPLACE FUNCTION chatroom.near_candidates(tsquery, bigint, bigint)
      RETURNS SETOF bigint LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'query_canceled'; END $$`)
    const query = { ...anything, user: ada.id, words: ['some'] }
    expect(await store.search(query)).toEqual({ refused: 'busy' })
    await sql.unsafe(found.text)
    expect(await texts(store, ada, 'some')).toEqual(['some words'])
  })

  test('what keeps messages out of the index is told, and tried again', async () => {
    await using opened = await openServer()
    const { store, ada, driver, sql, tokensOf } = opened
    await sql.unsafe('ALTER TABLE chatroom.search RENAME TO elsewhere')
    await say(store, ada, 'waiting 鿁')
    const faults: unknown[] = []
    const indexing = keepIndexing(createSearchIndex(driver), 10, (fault) => faults.push(fault))
    await waitUntil(() => faults.length > 1, 'the faults')
    await sql.unsafe('ALTER TABLE chatroom.elsewhere RENAME TO search')
    await waitUntil(async () => (await tokensOf('鿁')) === 1, 'the index')
    await indexing.stop()
  })

  test('when the rules of the tokens change, all is indexed anew', async () => {
    await using opened = await openServer()
    const { store, ada, sql, takeAll, url } = opened
    await say(store, ada, 'said in the old days')
    await takeAll()
    await sql.unsafe(`UPDATE chatroom.search SET tokens = '';
      UPDATE chatroom.settings SET value = 'other rules' WHERE key = 'search_format'`)
    expect(await texts(store, ada, 'old days')).toEqual([])
    expect(await createSearchIndex(opened.driver).takeNext()).toBe(0)
    const again = await openStore(url)
    expect(await texts(again, ada, 'old days')).toEqual(['said in the old days'])
    await takeAll()
    expect(await texts(again, ada, 'old days')).toEqual(['said in the old days'])
    await again.close()
  })
})

/** A store with one person, and what looks into its index. */
async function openServer() {
  const url = await createDatabase()
  const store = await openStore(url)
  const driver = createDriver(url)
  const index = createSearchIndex(driver)
  const sql = new SQL(url, { max: 1 })
  return {
    url,
    store,
    driver,
    sql,
    ada: await join(store, 'Ada', 1),
    async takeAll() {
      while ((await index.takeNext()) > 0);
    },
    async tokensOf(sign: string): Promise<number> {
      const found = await sql.unsafe(
        'SELECT count(*)::integer AS n FROM chatroom.search WHERE tokens @@ $1::text::tsquery',
        [sign],
      )
      return found[0].n
    },
    async [Symbol.asyncDispose]() {
      await sql.close()
      await driver.close()
      await store.close()
    },
  }
}
