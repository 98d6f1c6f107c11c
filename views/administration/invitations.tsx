import { fill, plural } from '../../src/shared/text'
import type { ListedDoorLink, ListedRoom } from '../../src/store/store'
import { MoreLink } from '../page/list'
import { QrCode } from '../page/qr-code'
import type { View } from '../view'
import { Filled } from '../words/filled'
import { type AdminProps, AdminPage } from './admin-page'

type InvitationsProps = AdminProps & ListedLinks & { rooms: ListedRoom[]; token: string | null }

/** Makes links with which newcomers come in, and lists those that work. */
export function AdminInvitations(props: InvitationsProps) {
  const { view, token } = props
  const { door } = view.words
  return (
    <AdminPage {...props} section="invitations">
      {token !== null && <NewLink view={view} token={token} />}
      <MakeLink {...props} />
      <h3>{door.links}</h3>
      <div id="found">
        <LinkItems {...props} />
      </div>
    </AdminPage>
  )
}

/** Shown once, as only its hash is stored. */
function NewLink({ view, token }: { view: View; token: string }) {
  const { devices, door } = view.words
  const { paths } = view
  const url = view.sharedOrigin() + paths.invite(token)
  return (
    <div class="code" id="new-link">
      <p role="status">{door.made}</p>
      <QrCode text={url} label={fill(view.words.page.codeOf, { url })} />
      <input readonly value={url} aria-label={door.link} />
      <p class="settings__ways">
        <button
          class="btn needs-script"
          type="button"
          data-action="copy-code"
          data-code={url}
          data-done={devices.copied}
        >
          {devices.copy}
        </button>
        <a class="btn" href={paths.join({ link: token })} target="_blank">
          {door.showLarge}
        </a>
      </p>
    </div>
  )
}

const usesOffered = [1, 5, 30, 100]
const daysOffered = [1, 7, 30, 90]
const daysDefault = 7

function MakeLink({ view, rooms }: Pick<InvitationsProps, 'view' | 'rooms'>) {
  const { door } = view.words
  return (
    <form class="panel__form" id="make-link" method="post" action={view.paths.admin('invitations')}>
      <label class="field">
        {door.uses}
        <select name="uses">
          {usesOffered.map((n) => (
            <option value={n}>{plural(view.language, n, door.usesKinds)}</option>
          ))}
          <option value="any">{door.anyNumber}</option>
        </select>
      </label>
      <label class="field">
        {door.days}
        <select name="days">
          {daysOffered.map((n) => (
            <option value={n} selected={n === daysDefault}>
              {plural(view.language, n, door.daysOf)}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        {door.room}
        <select name="room">
          <option value="">{door.noRoom}</option>
          {rooms.map(({ id, name }) => (
            <option value={id}>#{name}</option>
          ))}
        </select>
      </label>
      <button class="btn btn--fill" type="submit">
        {door.make}
      </button>
    </form>
  )
}

/** A page of the links, the newest first, and the link to the one before. */
export function LinkItems({ view, links, next }: { view: View } & ListedLinks) {
  const { door } = view.words
  return (
    <>
      {links.length === 0 && <p>{door.noLinks}</p>}
      <ul class="door-list">
        {links.map((link) => (
          <LinkItem view={view} link={link} />
        ))}
      </ul>
      {next !== null && <MoreLink path={next}>{door.olderLinks}</MoreLink>}
    </>
  )
}

function LinkItem({ view, link }: { view: View; link: ListedDoorLink }) {
  const { admin, door } = view.words
  const { by, expiresAt, id, madeAt, room, uses, usesLeft } = link
  const made = new Date(madeAt).toISOString().slice(0, 10)
  const until = new Date(expiresAt).toISOString()
  const time = `${until.slice(0, 16).replace('T', ' ')} UTC`
  const to = room?.name == null ? admin.hiddenRoom : `#${room.name}`
  const left = usesLeft === null ? door.usesAny : plural(view.language, usesLeft, door.usesLeft)
  return (
    <li>
      <form method="post" action={view.paths.admin('invitations/revoke')}>
        <p id={`link-${id}`}>
          #{id} <Filled text={fill(door.madeBy, { name: by.nickname, made })} />
          {room !== null && (
            <>
              {' · '}
              <Filled text={fill(door.leadsTo, { room: to })} />
            </>
          )}
          {' · '}
          {left} · {plural(view.language, uses, door.used)} ·{' '}
          <Filled text={fill(door.until, { time })} />
        </p>
        <input type="hidden" name="link" value={id} />
        <button class="btn" type="submit" aria-describedby={`link-${id}`}>
          {door.revoke}
        </button>
      </form>
    </li>
  )
}

type ListedLinks = {
  links: ListedDoorLink[]
  /** The URL of the page before; null on the last one. */
  next: string | null
}
