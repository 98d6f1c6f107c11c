import type { PresenceState } from '../../src/shared/protocol'
import type { User } from '../../src/store/store'
import { ListSearch } from '../page/list'
import type { View } from '../view'
import { PersonButton } from './people'
import { PanelHeading } from '../page/panel'

/** Somebody to whom the reader may not write privately is found, too. */
type Found = User & { state: PresenceState; mayWrite: boolean }

/** The people who were found, as a page of its own. */
export function FoundPeople({ view, people, typed, room }: FoundProps) {
  const { page } = view.words
  const { paths } = view
  return (
    <div class="stack">
      <PanelHeading view={view} isQuiet>
        {page.searchPeople}
      </PanelHeading>
      <ListSearch
        path={paths.people(room === null ? {} : { room: String(room) })}
        part={typed}
        label={page.searchPeople}
        submit={page.find}
      />
      <form action={paths.people()}>
        {people.length === 0 && <p>{page.noneFound}</p>}
        <ul class="people__found" id="found" translate="no">
          <FoundRows people={people} />
        </ul>
      </form>
    </div>
  )
}

type FoundProps = { view: View; people: Found[]; typed: string; room: number | null }

/** A row for each of them, the best first. */
export function FoundRows({ people }: { people: Found[] }) {
  return (
    <>
      {people.map((user) => (
        <li
          class="person"
          data-person={user.id}
          data-state={user.state}
          data-name={user.nickname}
          data-mark={user.mark ?? undefined}
          data-private={user.mayWrite ? undefined : 'no'}
        >
          <PersonButton user={user} />
        </li>
      ))}
    </>
  )
}
