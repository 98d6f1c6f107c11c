import { type Language, languageNames, languages } from '../../shared/languages'
import { fill } from '../../shared/text'
import { Hono } from 'hono'
import { SearchChips, type SearchFields, SearchPanel } from '../../../views/search/search'
import { SearchResults, type ShownHit } from '../../../views/search/search-results'
import { nameIn } from '../../../views/people/avatar'
import type { View } from '../../../views/view'
import { chargeClient, consumeForUser } from '../../server/rate-limits'
import type { Visitor } from '../../chat/chat'
import { toEvent } from '../../chat/messages/events'
import { findMessages, type Known, parseSearch, type Search } from '../../chat/search/search'
import { readKnown } from '../../chat/search/known'
import { dayAt, type Zone } from '../../chat/search/zone'
import { ChatError } from '../../server/errors'
import { serverLimits } from '../../server/limits'
import { once } from '../../shared/once'
import type { Hit, Place, SearchPage } from '../../store/store'
import { type HttpContext, type HttpDeps, type HttpEnv, isHtmx, wantsJson } from '../context'
import { requireVisitor } from '../middleware/identity'
import { sendHtml, sendPanel } from '../pages'
import { readLimit } from './messages'

/** A search that takes longer counts as several; most take 10 ms. */
const searchMsPerToken = 50

/** Search results: a page, the parts of the page's dialog, or JSON. */
export function searchRoutes(deps: HttpDeps): Hono<HttpEnv> {
  return new Hono<HttpEnv>().get('/search', async (c) => sendSearch(deps, c))
}

async function sendSearch(deps: HttpDeps, c: HttpContext): Promise<Response> {
  const visitor = requireVisitor(c)
  consumeForUser(deps.rateLimits, 'searches', visitor)
  const asked = readQuery(c)
  const part = c.req.query('part')
  const isForm = (part === undefined || part === 'chips') && !wantsJson(c)
  const form = isForm ? c.get('view').words : null
  const known = await readKnown(deps.chat, visitor.user.id, asked, form)
  const search = parseSearch(asked, known)
  const limit = wantsJson(c)
    ? readLimit(c, serverLimits.searchPageRows)
    : serverLimits.searchPageRows
  const page = await findMessages(deps.chat, visitor, search, readAfter(c), limit)
  const cost = Math.floor(page.ms / searchMsPerToken)
  if (cost > 0) chargeClient(deps.rateLimits, 'searches', visitor, cost)
  if (wantsJson(c)) {
    const messages = page.hits.map(({ message }) => toEvent(message))
    return c.json({ messages, next: writeAfter(page.next), complete: page.isAll })
  }
  return sendFound(c, visitor, known, asked, search, page)
}

type Asked = ReturnType<typeof readQuery>

function readQuery(c: HttpContext) {
  const text = (name: string): string => c.req.query(name) ?? ''
  return {
    q: text('q'),
    sender: text('sender'),
    room: text('room'),
    when: text('when'),
    since: text('since'),
    until: text('until'),
    has: c.req.queries('has') ?? [],
    tz: text('tz'),
  }
}

/** `?after=ROOM.SEQ`, as writeAfter made it. Throws `bad_request` for anything else. */
function readAfter(c: HttpContext): Place | null {
  const text = c.req.query('after') ?? ''
  if (text === '') return null
  const match = /^([1-9]\d{0,14})\.([1-9]\d{0,14})$/.exec(text)
  if (match === null) throw new ChatError('bad_request')
  return { room: Number(match[1]), seq: Number(match[2]) }
}

function writeAfter(place: Place | null): string | null {
  return place === null ? null : `${place.room}.${place.seq}`
}

function sendFound(
  c: HttpContext,
  { user }: Visitor,
  { people, rooms }: Known,
  asked: Asked,
  search: Search,
  { hits, next, isAll, count }: SearchPage,
): Response {
  const view = c.get('view')
  const fields = toFields(search)
  const after = writeAfter(next)
  const results = {
    view,
    hits: hits.map((hit) => toShown(view, user.id, search.zone, hit)),
    count,
    isAll,
    next: after === null ? null : view.paths.search({ ...filled(fields), after }),
    filters: filtersOf(view, fields, search.typed, { people, rooms }),
    isDialog: isHtmx(c),
  }
  const props = { view, fields: shownFields(fields, asked, search.typed), people, rooms }
  const part = c.req.query('part')
  if (part === 'chips') return sendHtml(c, <SearchChips {...props} />)
  if (part === 'more') return sendHtml(c, <SearchResults {...results} />)
  if (part === 'results') return sendHtml(c, <SearchResults {...results} />)
  const panel = <SearchPanel {...props} results={results} isDialog={results.isDialog} />
  return sendPanel(c, user, view.words.search.title, panel, { look: 'panel--search' })
}

function toFields({ text, sender, room, when, since, until, has, zone }: Search): SearchFields {
  const isCustom = when === 'custom'
  return {
    q: text,
    sender: String(sender ?? ''),
    room: String(room ?? ''),
    when: when ?? '',
    since: isCustom ? since : '',
    until: isCustom ? until : '',
    has: has.join(','),
    tz: zone.name === 'UTC' ? '' : zone.name,
  }
}

/** A filter that was typed stays in the text, and is gone with it: the others are chosen ones. */
function shownFields(fields: SearchFields, asked: Asked, typed: Search['typed']): SearchFields {
  if (typed.size === 0) return fields
  const { q, sender, room, when, since, until } = asked
  return { ...fields, q, sender, room, when, since, until, has: asked.has.join(',') }
}

function filled(fields: Partial<SearchFields>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))
}

function toShown(view: View, reader: number, zone: Zone, hit: Hit): ShownHit {
  const { message, kind, roomName, excerpt, before, after } = hit
  const { sender, recipient, createdAt } = message
  const other = sender.id === reader ? recipient : sender
  const isPrivate = kind === 'direct'
  const day = Date.parse(dayAt(zone, createdAt))
  const local = new Date(createdAt + zone.offsetAt(createdAt) * 60_000).toISOString()
  return {
    room: message.room,
    seq: message.seq,
    place: roomName === '' && other !== null ? nameIn(view.words, other) : roomName,
    isPrivate,
    sender,
    day: dayNames().get(view.language)?.format(day) ?? '',
    time: local.slice(11, 16),
    at: new Date(createdAt).toISOString(),
    excerpt,
    before,
    after,
  }
}

const dayStyle = { dateStyle: 'full', timeZone: 'UTC' } as const
const dayNames = once(() => {
  const format = (language: Language) =>
    new Intl.DateTimeFormat(languages[language].dates, dayStyle)
  return new Map(languageNames.map((language) => [language, format(language)]))
})

/** Each active filter in words, with the link to the search without it. */
function filtersOf(
  view: View,
  fields: SearchFields,
  typed: Search['typed'],
  { people, rooms }: Pick<Known, 'people' | 'rooms'>,
) {
  const { search } = view.words
  const nameIn = (all: Known['people'], id: string): string =>
    all.find((each) => String(each.id) === id)?.name ?? '?'
  const when = Object.entries(search.whens).find(([key]) => key === fields.when)?.[1] ?? ''
  const kind = Object.entries(search.kinds).find(([key]) => key === fields.has)?.[1] ?? fields.has
  const isCustom = fields.when === 'custom'
  const worded: [words: string, without: Partial<SearchFields>][] = [
    [fields.q && fill(search.searchedFor, { text: fields.q }), { q: '' }],
    [
      fields.sender && fill(search.searchedFrom, { name: nameIn(people, fields.sender) }),
      { sender: '' },
    ],
    [fields.room && fill(search.searchedIn, { room: nameIn(rooms, fields.room) }), { room: '' }],
    [isCustom ? '' : when, { when: '' }],
    [fields.since && fill(search.searchedSince, { time: fields.since }), { since: '' }],
    [fields.until && fill(search.searchedUntil, { time: fields.until }), { until: '' }],
    [fields.has && fill(search.searchedWith, { kind }), { has: '' }],
  ]
  return worded
    .filter(([words]) => words !== '')
    .map(([words, without]) => ({
      words,
      without: view.paths.search(filled({ ...fields, ...without })),
      isTyped: [...typed].some((name) => name in without),
    }))
}
