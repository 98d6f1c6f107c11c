import { can } from '../../src/shared/rights'
import { fill, plural } from '../../src/shared/text'
import type { DoorMode, DoorRequest } from '../../src/store/store'
import { Avatar } from '../people/avatar'
import type { View } from '../view'
import { Filled } from '../words/filled'
import { type AdminProps, AdminPage } from './admin-page'

/** Who waits at the door, and, for owners, how newcomers come in. */
export function AdminDoor(props: AdminProps & { requests: DoorRequest[] }) {
  const { view, role, requests } = props
  const { door } = view.words
  return (
    <AdminPage {...props} section="door">
      <div
        id="requests"
        hx-get={view.paths.admin('door', { part: 'list' })}
        hx-trigger="every 3s"
        hx-swap="innerMorph"
      >
        <Requests view={view} requests={requests} />
      </div>
      {can(role, 'server.configure') && <DoorSettings view={view} />}
      {!can(role, 'server.configure') && <p>{door.modeNotes[view.door]}</p>}
    </AdminPage>
  )
}

const modes: DoorMode[] = ['open', 'password', 'links', 'ask']

function DoorSettings({ view }: { view: View }) {
  const { door, page } = view.words
  return (
    <form
      class="panel__form door-settings"
      id="door-settings"
      method="post"
      action={view.paths.admin('door')}
    >
      <fieldset class="ways">
        <legend>{door.settings}</legend>
        {modes.map((mode) => (
          <label>
            <input type="radio" name="mode" value={mode} checked={mode === view.door} />{' '}
            <b>{door.modes[mode]}</b>
            <small>{door.modeNotes[mode]}</small>
          </label>
        ))}
      </fieldset>
      <p>{door.modeNote}</p>
      <label class="field">
        {door.newPassword}
        <input name="password" type="password" dir="auto" autocomplete="new-password" />
        <small>{door.newPasswordNote}</small>
      </label>
      <button class="btn btn--fill" type="submit">
        {page.save}
      </button>
    </form>
  )
}

/** All who wait, with the answers. */
export function Requests({ view, requests }: { view: View; requests: DoorRequest[] }) {
  const { door } = view.words
  if (requests.length === 0) return <p>{door.nobodyWaits}</p>
  return (
    <ul class="door-list">
      {requests.map((request) => (
        <li>
          <RequestAnswer view={view} request={request} isNotice={false} />
        </li>
      ))}
    </ul>
  )
}

/** So many of those who wait are shown in the page of a room. */
const noticeMax = 2

/** The place on the page of a room for who waits at the door; filled at an event. */
export function DoorNotice({ view }: { view: View }) {
  return (
    <div
      id="door"
      hx-get={view.paths.admin('door', { part: 'notice' })}
      hx-trigger="load, renew, every 60s"
      hx-swap="innerMorph"
    ></div>
  )
}

/** Who waits, for those who may let them in. */
export function WaitingNotice({ view, requests }: { view: View; requests: DoorRequest[] }) {
  const { door } = view.words
  if (requests.length === 0) return <></>
  return (
    <div class="asked">
      {requests.slice(0, noticeMax).map((request) => (
        <RequestAnswer view={view} request={request} isNotice />
      ))}
      {requests.length > noticeMax && (
        <p>
          {plural(view.language, requests.length, door.waiting)}{' '}
          <a class="btn" href={view.paths.admin('door')}>
            {door.more}
          </a>
        </p>
      )}
    </div>
  )
}

type AnswerProps = { view: View; request: DoorRequest; isNotice: boolean }

function RequestAnswer({ view, request, isNotice }: AnswerProps) {
  const { door } = view.words
  const { id, avatar, line, nickname } = request
  const action = view.paths.admin('door/answer')
  const place = isNotice ? 'notice' : 'list'
  return (
    <form
      id={`request-${id}`}
      method="post"
      action={action}
      hx-post={isNotice ? action : undefined}
      hx-target={isNotice ? '#door' : undefined}
      hx-swap={isNotice ? 'innerMorph' : undefined}
    >
      <p id={`wants-${id}`} role={isNotice ? 'status' : undefined}>
        <Avatar user={{ id: 0, nickname, avatar, mark: null }} size="small" />{' '}
        <Filled text={fill(door.wants, { name: nickname })} />{' '}
        {line !== '' && (
          <>
            {door.said} <q dir="auto">{line}</q>
          </>
        )}
      </p>
      <input type="hidden" name="request" value={id} />
      <input type="hidden" name="from" value={place} />
      <p class="asked__answers">
        {(['in', 'out'] as const).map((answer) => (
          <button
            class={answer === 'in' ? 'btn btn--fill' : 'btn'}
            id={`answer-${answer}-${id}`}
            type="submit"
            name="answer"
            value={answer}
            aria-describedby={`wants-${id}`}
          >
            {answer === 'in' ? door.letIn : door.refuse}
          </button>
        ))}
      </p>
    </form>
  )
}
