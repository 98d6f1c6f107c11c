import { Database } from 'bun:sqlite'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { SearchQuery, Store } from '../../src/store/store'
import { rates } from '../../src/server/rate-limits'
import { openSocket, type Person, signIn } from '../helpers/client'
import { makeFolder, removeFolder } from '../helpers/folders'
import { startServer } from '../helpers/server'
import { commonWords, corpus } from './corpus'
import { fill, indexed, open, people } from './fill'

/**
 * What finding costs in a large house, side by side with `LIKE '%…%'`; what the index costs on the
 * disk and in posting; and what searching costs those who post meanwhile.
 * `bun test/bench/search.ts [messages]`
 */
const count = Number(process.argv[2] ?? 1_000_000)
const rooms = 20
const runs = 15

const anything: SearchQuery = {
  user: 5,
  words: [],
  sender: null,
  room: null,
  since: null,
  until: null,
  has: [],
  after: null,
  limit: 30,
}

if (import.meta.main) {
  const folder = makeFolder()
  const store = open(folder)
  const filledMs = await fill(store, count, rooms)
  await indexed(folder)
  say({ what: 'filled', count, seconds: round(filledMs / 1000) })
  await measureSearches(store, folder)
  const bare = await makeBare()
  await measureAppends(store, bare)
  await store.close()
  await measureIndexedPosting(folder, bare)
  removeFolder(bare)
  await measurePosting(folder)
  measureGrowth(folder)
  removeFolder(folder)
}

/** First pages of what people look for, and of the worst that they may. */
function cases(): [name: string, query: Partial<SearchQuery>][] {
  const rare = [...corpus(400, rooms, people)].flatMap(({ content }) => content.split(' '))
  const usual = rare.filter((word) => word.length > 6).slice(0, 20)
  const month = { since: Date.UTC(2024, 2, 1), until: Date.UTC(2024, 3, 1) }
  return [
    ...usual.map((word): [string, Partial<SearchQuery>] => ['a word', { words: [word] }]),
    ['one letter', { words: ['e'] }],
    ...commonWords
      .slice(0, 10)
      .map((word): [string, Partial<SearchQuery>] => [
        'each of the ten commonest words',
        { words: [word] },
      ]),
    ['all ten commonest words', { words: commonWords.slice(0, 10) }],
    ['one Chinese sign', { words: ['的'] }],
    ['two Chinese signs', { words: ['上海'] }],
    ['two Chinese signs, rare', { words: ['咖啡'] }],
    ['no hit', { words: ['xyzzyqwert'] }],
    ['no hit, of common pieces', { words: ['theandthat'] }],
    ['sender, room and month', { words: ['the'], sender: 9, room: 2, ...month }],
    ['oldest month', { words: ['people'], until: Date.UTC(2023, 11, 24) }],
    ['links', { has: ['link'] }],
    ['the commonest word, in one small room', { words: ['the'], user: 7 }],
    ['a sender who is not there, in one small room', { words: ['e'], sender: 3, user: 7 }],
  ]
}

async function measureSearches(store: Store, folder: string): Promise<void> {
  const db = new Database(join(folder, 'chatroom.db'))
  db.run(`DELETE FROM memberships WHERE user_id = 7 AND room_id <> ${rooms - 1}`)
  const like = db.query(
    // The plus keeps it to the order of ids, in which it can stop early: LIKE at its best.
    `SELECT id FROM messages WHERE +room_id IN (SELECT room_id FROM memberships WHERE user_id = ?6)
       AND deleted_at IS NULL AND content LIKE ?1 AND (?2 IS NULL OR author_id = ?2)
       AND (?3 IS NULL OR room_id = ?3) AND (?4 IS NULL OR created_at >= ?4)
       AND (?5 IS NULL OR created_at < ?5)
     ORDER BY id DESC LIMIT 30`,
  )
  await store.search({ ...anything, words: ['warm'] })
  const byName = Map.groupBy(cases(), ([name]) => name)
  for (const [name, queries] of byName) {
    const [ours, theirs]: [number[], number[]] = [[], []]
    for (const [, query] of queries) {
      for (let run = 0; run < Math.ceil(runs / Math.sqrt(queries.length)); run += 1) {
        ours.push(await timed(async () => store.search({ ...anything, ...query })))
        // LIKE knows neither folding nor several words: the longest stands for all.
        const word = query.words?.toSorted((a, b) => b.length - a.length)[0] ?? 'http'
        const { sender = null, room = null, since = null, until = null, user = 5 } = query
        theirs.push(await timed(() => like.all(`%${word}%`, sender, room, since, until, user)))
      }
    }
    const [a, b] = [percentiles(ours), percentiles(theirs)]
    say({ what: 'search', name, ms: a, like: b, ratio: round(b.p50 / a.p50) })
  }
  db.close()
}

/** A small store in whose place of the index stands something that keeps nothing. */
async function makeBare(): Promise<string> {
  const folder = makeFolder()
  const store = open(folder)
  await fill(store, 1_000, rooms)
  await store.close()
  const db = new Database(join(folder, 'chatroom.db'))
  db.run('DROP TABLE search')
  db.run(`CREATE VIEW search (rowid, tokens, search, rank) AS SELECT 0, '', '', 0`)
  db.run('CREATE TRIGGER search_nothing INSTEAD OF INSERT ON search BEGIN SELECT 1; END')
  db.close()
  return folder
}

/** Messages one by one, in the large store and in the bare one, in turns. */
async function measureAppends(store: Store, bareFolder: string): Promise<void> {
  const bare = open(bareFolder)
  const times: Record<'with' | 'without', number[]> = { with: [], without: [] }
  let n = 0
  for (const { content, createdAt } of corpus(6_000, rooms, people)) {
    n += 1
    const [where, to] = n % 2 === 0 ? (['with', store] as const) : (['without', bare] as const)
    const rest = { replyTo: null, mentions: [], attachments: [], writtenIn: null, createdAt }
    const message = { room: 1, author: 5, clientId: `append-${n}`, content, ...rest }
    times[where].push(await timed(() => to.messages.append([message])))
  }
  sayBoth('append', 'indexed', times.with, 'bare', times.without)
  await bare.close()
}

/** The same over the socket: what a person waits for. */
async function measureIndexedPosting(data: string, bareFolder: string): Promise<void> {
  await using large = await startServer({ data })
  await using bare = await startServer({ data: bareFolder })
  const posters = [
    await openSocket(large, await signIn(large, 'Indexed')),
    await openSocket(bare, await signIn(bare, 'Bare')),
  ]
  const times: [number[], number[]] = [[], []]
  let n = 0
  for (const { content } of corpus(3_000, rooms, people)) {
    n += 1
    const which = n % 2 === 0 ? 0 : 1
    times[which].push(await timed(() => posters[which]?.post(1, `post-${n}`, content)))
  }
  sayBoth('posting over the socket', 'indexed', times[0], 'bare', times[1])
  for (const poster of posters) poster.cut()
}

/**
 * The answer to a post, with nobody searching and with five people who search as fast as they may,
 * in turns.
 */
async function measurePosting(data: string): Promise<void> {
  await using server = await startServer({ data })
  const poster = await openSocket(server, await signIn(server, 'Poster'))
  const names = ['Ada', 'Bob', 'Cleo', 'Dora', 'Eda']
  const searchers = await Promise.all(names.map((name) => signIn(server, name)))
  const words = ['e', 'the', '上海', 'xyzzyqwert', 'people work', '的', 'ing tion']
  const times: Record<'quiet' | 'busy', number[]> = { quiet: [], busy: [] }
  let searches = 0
  const search = async ({ cookie }: Person): Promise<void> => {
    const q = words[searches % words.length] ?? ''
    searches += 1
    const headers = { Cookie: cookie, Accept: 'application/json' }
    await (await fetch(`${server.origin}/search?q=${q}`, { headers })).text()
  }
  for (let turn = 0; turn < 12; turn += 1) {
    const when = turn % 2 === 0 ? 'quiet' : 'busy'
    const everyMs = 1_000 / rates.searches.perSecond
    const running: Promise<void>[] = []
    const begin = (each: Person) => setInterval(() => running.push(search(each)), everyMs)
    const timers = when === 'quiet' ? [] : searchers.map(begin)
    for (let n = 0; n < 250; n += 1) {
      times[when].push(await timed(() => poster.post(1, `p-${turn}-${n}`, `Is it quick? ${n}`)))
      await Bun.sleep(8)
    }
    for (const timer of timers) clearInterval(timer)
    await Promise.all(running)
  }
  sayBoth(`posting while ${searches} searches ran`, 'searching', times.busy, 'quiet', times.quiet)
  poster.cut()
}

function measureGrowth(folder: string): void {
  const file = join(folder, 'chatroom.db')
  const db = new Database(file)
  const sizeOf = (name: string): number => {
    db.run(`VACUUM INTO '${join(folder, name)}'`)
    return statSync(join(folder, name)).size
  }
  const whole = sizeOf('with.db')
  db.run('DROP TABLE search')
  const bare = sizeOf('without.db')
  db.close()
  const perMessage = Math.round((whole - bare) / count)
  const growth = `${Math.round((whole / bare - 1) * 100)} %`
  say({ what: 'size', megabytes: round(whole / 1e6), bare: round(bare / 1e6), growth, perMessage })
}

async function timed(work: () => unknown): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

function percentiles(times: number[]): { p50: number; p95: number; max: number } {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (part: number): number => round(sorted[Math.floor((sorted.length - 1) * part)] ?? 0)
  return { p50: at(0.5), p95: at(0.95), max: at(1) }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

function sayBoth(what: string, one: string, a: number[], other: string, b: number[]): void {
  const [first, second] = [percentiles(a), percentiles(b)]
  const ratios = { p50: round(first.p50 / second.p50), p95: round(first.p95 / second.p95) }
  say({ what, [one]: first, [other]: second, ratios })
}

function say(line: object): void {
  console.log(JSON.stringify(line))
}
