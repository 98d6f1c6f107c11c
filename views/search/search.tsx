import { textLimits } from '../../src/shared/limits'
import { Icon } from '../page/icons'
import { type ResultsProps, SearchResults } from './search-results'
import type { View } from '../view'

/** The fields of the form; '' where nothing is chosen. */
export type SearchFields = Record<
  'q' | 'sender' | 'room' | 'when' | 'since' | 'until' | 'has' | 'tz',
  string
>

type SearchProps = {
  view: View
  fields: SearchFields
  people: { id: number; name: string }[]
  rooms: { id: number; name: string }[]
  results: ResultsProps | null
}

/** The dialog of the room's page, and the form with which it opens. */
export function PaletteDialog({ view }: { view: View }) {
  const fields = { q: '', sender: '', room: '', when: '', since: '', until: '', has: '', tz: '' }
  const form = { view, fields, people: [], rooms: [], results: null }
  return (
    <>
      <dialog
        class="panel panel--search"
        id="palette"
        closedby="any"
        aria-labelledby="palette-title"
      >
        <div id="palette-body"></div>
      </dialog>
      <template id="palette-form">
        <SearchPanel {...form} isDialog />
      </template>
    </>
  )
}

/** The form of a search and its results, for the page and the dialog. */
export function SearchPanel(props: SearchProps & { isDialog: boolean }) {
  const { view, fields, people, rooms, results, isDialog } = props
  const { search } = view.words
  return (
    <div class="search" id="search" data-back={search.backToResults} data-here={search.thisRoom}>
      {!isDialog && <h1 class="vh">{search.title}</h1>}
      <h2 class="vh" id="palette-title">
        {search.messages}
      </h2>
      <form
        id="search-form"
        role="search"
        method="get"
        action={view.paths.search()}
        hx-get={isDialog ? view.paths.search({ part: 'results' }) : undefined}
        hx-target="#search-results"
        hx-trigger={searchTriggers}
        hx-sync="queue last"
      >
        <SearchField view={view} text={fields.q} isDialog={isDialog} />
        <SearchChips
          view={view}
          fields={fields}
          people={people}
          rooms={rooms}
          isLate={isDialog && results === null}
        />
        <input type="hidden" name="tz" value={fields.tz} />
      </form>
      <p class="search__hint" id="search-hint">
        {search.hint}
      </p>
      <div id="search-places" data-label={search.roomsAndPeople}></div>
      <div id="search-device" data-label={search.onDevice}></div>
      <div id="search-results">{results !== null && <SearchResults {...results} />}</div>
    </div>
  )
}

function SearchField({ view, text, isDialog }: { view: View; text: string; isDialog: boolean }) {
  const { search, page } = view.words
  return (
    <p class="search__field">
      <Icon name="search" />
      <input
        id="search-q"
        name="q"
        type="search"
        value={text}
        maxlength={textLimits.searchUnitsMax}
        placeholder={search.placeholder}
        aria-label={search.placeholder}
        aria-describedby="search-hint"
        autocomplete="off"
        autofocus={isDialog}
        enterkeyhint="search"
        dir="auto"
      />
      <button class="btn" type="submit">
        {search.submit}
      </button>
      {isDialog && (
        <button class="btn btn--icon" type="button" data-action="close" title={page.close}>
          <Icon name="close" />
          <span class="vh">{page.close}</span>
        </button>
      )}
    </p>
  )
}

/** Typing is searched for at a pause, a filter at once, a search without an answer again. */
const searchTriggers = [
  'input delay:200ms target:#search-q',
  'compositionend delay:200ms',
  "input target:'.chips *'",
  'retry delay:700ms',
  'now',
].join(', ')

/** The filters; when they are late (`isLate`), the page requests the names of people and rooms. */
export function SearchChips({ view, fields, people, rooms, isLate = false }: ChipsProps) {
  const { search } = view.words
  const toOption = ({ id, name }: { id: number; name: string }): Option => [String(id), name]
  const lists: [name: keyof SearchFields, label: string, any: string, options: Option[]][] = [
    ['sender', search.from, search.anybody, people.map(toOption)],
    ['when', search.time, search.anyTime, Object.entries(search.whens)],
    ['room', search.where, search.everywhere, rooms.map(toOption)],
    ['has', search.has, search.anything, Object.entries(search.kinds)],
  ]
  return (
    <div
      class="chips"
      id="search-chips"
      hx-get={isLate ? view.paths.search({ part: 'chips' }) : undefined}
      hx-trigger="load"
      hx-swap="outerHTML"
    >
      {lists.map(([name, label, any, options]) => (
        <label class="filter">
          <span>{label}</span>
          <select name={name}>
            <option value="">{any}</option>
            {options.map(([value, text]) => (
              <option value={value} selected={fields[name] === value}>
                {text}
              </option>
            ))}
          </select>
        </label>
      ))}
      <Days view={view} fields={fields} />
    </div>
  )
}

type ChipsProps = Omit<SearchProps, 'results'> & { isLate?: boolean }

type Option = [value: string, text: string]

function Days({ view, fields }: Pick<SearchProps, 'view' | 'fields'>) {
  const { search } = view.words
  const days = [
    ['since', search.first],
    ['until', search.last],
  ] as const
  return (
    <span class="filter__days">
      {days.map(([name, label]) => (
        <label class="filter">
          <span>{label}</span>
          <input type="date" name={name} value={fields[name].slice(0, 10)} />
        </label>
      ))}
    </span>
  )
}
