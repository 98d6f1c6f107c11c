import { type Act, can } from '../../src/shared/rights'
import { fill } from '../../src/shared/text'
import type { ActedOn } from '../../src/store/store'
import { Avatar, Name } from '../people/avatar'
import { daysAgo } from '../people/recovery-code'
import { Filled } from '../words/filled'
import type { View } from '../view'
import { type AdminProps, AdminPage, ReasonField } from './admin-page'

/** Everything that somebody with a role may do to one person. */
export function AdminPerson(props: AdminProps & ShownPerson) {
  const { view, role, person, now, wayBack } = props
  const { acts, admin } = view.words
  const { user, ban, role: has } = person
  const may = (act: Act): boolean => can(role, act, has)
  const isGone = user.mark === 'left'
  return (
    <AdminPage {...props} section="people">
      <h3>
        <Avatar user={user} /> <Name user={user} />
      </h3>
      <p>
        {isGone ? ban === null && acts.hasLeft : admin.roles[has]}
        {ban !== null && fill(acts.isBanned, { at: daysAgo(view, ban.bannedAt, now) })}
      </p>
      {ban !== null && ban.reason !== '' && (
        <p>
          <Filled text={fill(admin.because, { other: ban.reason })} />
        </p>
      )}
      {person.isPurging && <p role="status">{acts.isPurging}</p>}
      {wayBack !== null && <MadeLink view={view} person={person} url={wayBack} />}
      {!can(role, 'person.ban', has) && <p>{acts.lowerOnly}</p>}
      {ban !== null && may('person.unban') && <UnbanForm view={view} person={person} />}
      {(!isGone || ban !== null) && may('person.rename') && (
        <RenameForm view={view} person={person} />
      )}
      {may('person.purge') && <PurgeForm view={view} person={person} />}
      {!isGone && may('person.ban') && <BanForm view={view} person={person} />}
      {!isGone && may('person.way_back') && <WayBackForm view={view} person={person} />}
    </AdminPage>
  )
}

type ShownPerson = {
  person: ActedOn
  now: number
  /** The link that was made just now. */
  wayBack: string | null
}

type PartProps = { view: View; person: ActedOn }

function MadeLink({ view, person, url }: PartProps & { url: string }) {
  return (
    <p role="status">
      <label class="field">
        <Filled text={fill(view.words.acts.wayBackMade, { name: person.user.nickname })} />
        <input id="way-back" readonly value={url} dir="ltr" />
      </label>
    </p>
  )
}

type FormProps = PartProps & { act: string; title: string; note: string; children?: unknown }

/** A form with the reason, as every act has it. */
function ActForm({ view, person, act, title, note, children }: FormProps) {
  return (
    <details class="admin__act" id={`act-${act}`}>
      <summary>{title}</summary>
      <form class="panel__form" method="post" action={view.paths.admin(`person/${act}`)}>
        <input type="hidden" name="user" value={person.user.id} />
        <p>
          <Filled text={fill(note, { name: person.user.nickname })} />
        </p>
        {children}
        <ReasonField view={view} />
        <button class="btn btn--fill" type="submit">
          {title}
        </button>
      </form>
    </details>
  )
}

function BanForm(props: PartProps) {
  const { acts } = props.view.words
  return (
    <ActForm {...props} act="ban" title={acts.ban} note={acts.banNote}>
      <label class="field">
        {acts.alsoPurge}
        <select name="purge">
          <option value="">{acts.nothing}</option>
          <SpanOptions {...props} />
        </select>
      </label>
      <label class="field">
        {acts.network}
        <select name="hours">
          {Object.entries(acts.networks).map(([hours, label]) => (
            <option value={hours}>{label}</option>
          ))}
        </select>
        <small>{acts.networkNote}</small>
      </label>
    </ActForm>
  )
}

function UnbanForm(props: PartProps) {
  const { acts } = props.view.words
  return <ActForm {...props} act="unban" title={acts.unban} note={acts.unbanNote} />
}

function PurgeForm(props: PartProps) {
  const { acts } = props.view.words
  return (
    <ActForm {...props} act="purge" title={acts.purge} note={acts.purgeNote}>
      <select name="span" aria-label={acts.purge}>
        <SpanOptions {...props} />
      </select>
    </ActForm>
  )
}

function SpanOptions({ view }: { view: View }) {
  return (
    <>
      {Object.entries(view.words.acts.spans).map(([span, label]) => (
        <option value={span}>{label}</option>
      ))}
    </>
  )
}

function RenameForm(props: PartProps) {
  const { acts } = props.view.words
  return (
    <ActForm {...props} act="rename" title={acts.rename} note={acts.renameNote}>
      <label class="field">
        {acts.newName}
        <input name="name" autocomplete="off" dir="auto" />
      </label>
    </ActForm>
  )
}

function WayBackForm(props: PartProps) {
  const { acts } = props.view.words
  return <ActForm {...props} act="way-back" title={acts.wayBack} note={acts.wayBackNote} />
}
