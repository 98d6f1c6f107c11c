import type { Child } from 'hono/jsx'
import { type Act, can } from '../../src/shared/rights'
import type { ServerRole, User } from '../../src/store/store'
import { fill } from '../../src/shared/text'
import { Page } from '../page/page'
import { Filled } from '../words/filled'
import type { View } from '../view'

/** The sections of administration, and what one must be allowed to do to see each of them. */
export const sections = {
  general: 'server.configure',
  door: 'door.let_in',
  invitations: 'door.links',
  people: 'admin.open',
  reports: 'report.handle',
  bans: 'person.unban',
  rooms: 'rooms.administer',
  storage: 'storage.read',
  log: 'log.read',
} as const satisfies Record<string, Act>

export type Section = keyof typeof sections

/** What every section is given. */
export type AdminProps = {
  view: View
  user: User
  role: ServerRole
  /** What was refused, in a sentence; null when nothing was. */
  problem: string | null
  /** What was sent has been done. */
  isDone: boolean
}

/**
 * An ordinary page of forms, which needs no script: the sections that the role may see, what became
 * of the last form, and one section.
 */
export function AdminPage({ section, children, ...props }: AdminProps & Shown) {
  const { view, user, role, problem, isDone } = props
  const { admin, page } = view.words
  return (
    <Page view={view} title={admin.title} user={user} isWhole>
      <main class="panel panel--page admin">
        <h1>{admin.title}</h1>
        <nav class="admin__sections" aria-label={admin.title}>
          {sectionsOf(role).map((name) => (
            <a
              class="btn"
              href={view.paths.admin(name)}
              aria-current={name === section ? 'page' : undefined}
            >
              {admin.sections[name]}
            </a>
          ))}
        </nav>
        <h2>{admin.sections[section]}</h2>
        {problem !== null && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        {isDone && <p role="status">{admin.saved}</p>}
        {children}
        <p>
          <a class="btn" href={view.paths.home()}>
            {page.back}
          </a>
        </p>
      </main>
    </Page>
  )
}

type Shown = { section: Section; children: Child }

/** The sections that a role may see, the first of which opens. */
export function sectionsOf(role: ServerRole): Section[] {
  const names = Object.keys(sections) as Section[]
  return names.filter((name) => can(role, sections[name]))
}

/** The optional field with the reason of an act, for the log. */
export function ReasonField({ view }: { view: View }) {
  return (
    <label class="field">
      {view.words.admin.reason}
      <input name="reason" autocomplete="off" dir="auto" />
    </label>
  )
}

/** What an owner link opens for somebody who is signed in. */
export function OwnerLink({ view, user, link }: { view: View; user: User; link: string }) {
  const { admin } = view.words
  const name = user.nickname
  return (
    <form class="stack" method="post" action={view.paths.owner(link)}>
      <h1>{admin.ownerTitle}</h1>
      <p>
        <Filled text={fill(admin.ownerLead, { server: view.serverName, name })} />
      </p>
      <p>
        <button class="btn btn--fill" type="submit">
          {admin.becomeOwner}
        </button>
      </p>
    </form>
  )
}
