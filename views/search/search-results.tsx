import { Filled } from '../words/filled'
import { fill, plural } from '../../src/shared/text'
import type { Line, Piece, User } from '../../src/store/store'
import { Avatar, Name } from '../people/avatar'
import { Icon } from '../page/icons'
import type { View } from '../view'
import type { Words } from '../words'

export type ShownHit = {
  room: number
  seq: number
  /** The name of the room, or of the other person of a direct room. */
  place: string
  isPrivate: boolean
  sender: User
  /** The day in words and the time, in the reader's time zone. */
  day: string
  time: string
  at: string
  excerpt: Piece[]
  /** The messages before and after it. */
  before: Line | null
  after: Line | null
}

export type ResultsProps = {
  view: View
  hits: ShownHit[]
  count: { messages: number; rooms: number; more: boolean } | null
  isAll: boolean
  /** The URL of older results; null when there are none. */
  next: string | null
  /** Each filter in words, the URL of the search without it, and whether it stands in the text. */
  filters: { words: string; without: string; isTyped: boolean }[]
  /** Whether they are shown in the dialog of a room's page. */
  isDialog: boolean
}

/** Results by day, newest first; without any, the filters that could be dropped. */
export function SearchResults(props: ResultsProps) {
  const { view, hits, count, isAll, next, filters, isDialog } = props
  const { search } = view.words
  const typed = filters.filter(({ isTyped }) => isTyped).map(({ words }) => words)
  const days = [...new Set(hits.map(({ day }) => day))]
  return (
    <>
      {count !== null && hits.length > 0 && (
        <p class="search__count">
          <Filled text={[countWords(view, search, count), ...typed].join(' · ')} />
        </p>
      )}
      {hits.length === 0 && count !== null && (
        <Nothing view={view} filters={filters} isDialog={isDialog} />
      )}
      {days.map((day) => (
        <section>
          <h3>{day}</h3>
          <ol class="hits">
            {hits
              .filter((hit) => hit.day === day)
              .map((hit) => (
                <HitItem view={view} hit={hit} />
              ))}
          </ol>
        </section>
      ))}
      {!isAll && <p class="search__note">{search.timedOut}</p>}
      {next !== null && (
        <p class="search__more">
          <a
            class="btn"
            href={next}
            hx-get={`${next}&part=more`}
            hx-target="closest .search__more"
            hx-swap="outerHTML"
          >
            {search.more}
          </a>
        </p>
      )}
    </>
  )
}

function countWords(
  { language }: View,
  search: Words['search'],
  { messages, rooms, more }: NonNullable<ResultsProps['count']>,
): string {
  const found = more
    ? fill(search.foundMore, { n: messages })
    : plural(language, messages, search.found)
  return `${found} ${plural(language, rooms, search.inRooms)}`
}

function Nothing({ view, filters, isDialog }: NothingProps) {
  const { search } = view.words
  return (
    <div class="search__nothing">
      <p>
        {search.nothing} <Filled text={filters.map(({ words }) => words).join(' · ')} />
      </p>
      {filters.length > 1 && (
        <ul>
          {filters.map(({ words, without }) => (
            <li>
              <a
                class="search__wider"
                href={without}
                hx-get={isDialog ? without : undefined}
                hx-target="#palette-body"
              >
                <Filled text={fill(search.searchWithout, { filter: words })} />
              </a>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

type NothingProps = Pick<ResultsProps, 'view' | 'filters' | 'isDialog'>

function HitItem({ view, hit }: { view: View; hit: ShownHit }) {
  return (
    <li>
      <a
        class="hit"
        href={view.paths.message(hit.room, hit.seq)}
        data-hit={hit.room}
        data-seq={hit.seq}
        data-user={hit.sender.id}
      >
        <Avatar user={hit.sender} size="small" />
        <span class="hit__main">
          <Near line={hit.before} />
          <span class="hit__meta">
            <b>
              <Name user={hit.sender} />
            </b>{' '}
            <span class="hit__place">
              <Icon name={hit.isPrivate ? 'lock' : 'room'} />
              {hit.isPrivate && <span class="vh">{view.words.search.private}</span>}
              <bdi translate="no">{hit.place}</bdi>
            </span>{' '}
            <time datetime={hit.at}>{hit.time}</time>
          </span>{' '}
          <span class="hit__text" dir="auto">
            {hit.excerpt.map(({ text, isHit }) => (isHit ? <mark>{text}</mark> : text))}
          </span>{' '}
          <Near line={hit.after} />
        </span>
      </a>
    </li>
  )
}

/** A neighbouring message; none at the ends of a room. */
function Near({ line }: { line: Line | null }) {
  if (line === null) return <></>
  return (
    <span class="hit__near" dir="auto">
      <Name user={line} />: {line.text}
    </span>
  )
}
