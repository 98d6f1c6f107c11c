import { fill } from '../../src/shared/text'
import { can } from '../../src/shared/rights'
import type { AdministeredPerson } from '../../src/store/store'
import { ListSearch, MoreLink } from '../page/list'
import { Avatar, Name } from '../people/avatar'
import { daysAgo } from '../people/recovery-code'
import { Filled } from '../words/filled'
import { type AdminProps, AdminPage, ReasonField } from './admin-page'

/** Everybody on the server by name, with their roles. */
export function AdminPeople(props: AdminProps & ListedPeople & { part: string }) {
  const { view, part } = props
  const { admin, page } = view.words
  return (
    <AdminPage {...props} section="people">
      <ListSearch
        path={view.paths.admin('people')}
        part={part}
        label={admin.searchPeople}
        submit={page.find}
      />
      <div id="found">
        <AdminPersonItems {...props} />
      </div>
    </AdminPage>
  )
}

/** A page of the list, and the link to the next one. */
export function AdminPersonItems(props: Pick<AdminProps, 'view' | 'role'> & ListedPeople) {
  const { view, people, next } = props
  return (
    <>
      {people.length === 0 && <p>{view.words.page.noneFound}</p>}
      <ul class="choices">
        {people.map((person) => (
          <PersonItem {...props} person={person} />
        ))}
      </ul>
      {next !== null && <MoreLink path={next}>{view.words.page.morePeople}</MoreLink>}
    </>
  )
}

type ItemProps = Pick<AdminProps, 'view' | 'role'> & { person: AdministeredPerson; now: number }

function PersonItem({ view, role, person: { user, role: has, seenAt }, now }: ItemProps) {
  const { admin } = view.words
  return (
    <li class="admin__person">
      <span class="choices__who">
        <Avatar user={user} size="small" /> <Name user={user} />
        <small>
          {admin.roles[has]} ·{' '}
          <Filled text={fill(admin.lastSeen, { day: daysAgo(view, seenAt, now) })} />
        </small>
      </span>
      <a class="btn" href={view.paths.admin('person', { user: `${user.id}` })}>
        {view.words.acts.open}
      </a>
      {can(role, 'role.set') && (
        <details>
          <summary>{admin.setRole}</summary>
          <form class="panel__form" method="post" action={view.paths.admin('people/role')}>
            <input type="hidden" name="user" value={user.id} />
            <select name="role" aria-label={fill(admin.role, { name: user.nickname })}>
              {Object.entries(admin.roles).map(([value, label]) => (
                <option value={value} selected={value === has}>
                  {label}
                </option>
              ))}
            </select>
            <ReasonField view={view} />
            <button class="btn" type="submit">
              {admin.setRole}
            </button>
          </form>
        </details>
      )}
    </li>
  )
}

type ListedPeople = {
  people: AdministeredPerson[]
  /** The URL of the next page; null on the last one. */
  next: string | null
  now: number
}
