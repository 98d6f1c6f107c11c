import { fill } from '../../src/shared/text'
import type { ListedAct } from '../../src/store/store'
import { MoreLink } from '../page/list'
import { Filled } from '../words/filled'
import { sayDetail } from './act-detail'
import { type AdminProps, AdminPage } from './admin-page'
import type { View } from '../view'

/** Every act by virtue of a role: who, when, what, to whom, and why. */
export function AdminLog(props: AdminProps & ListedActs) {
  return (
    <AdminPage {...props} section="log">
      <div id="found">
        <ActItems {...props} />
      </div>
    </AdminPage>
  )
}

/** A page of the log, the newest first, and the link to the one before. */
export function ActItems({ view, acts, next }: { view: View } & ListedActs) {
  const { admin } = view.words
  return (
    <>
      {acts.length === 0 && <p>{admin.noActs}</p>}
      <ul class="admin__log">
        {acts.map((act) => (
          <ActItem view={view} act={act} />
        ))}
      </ul>
      {next !== null && <MoreLink path={next}>{admin.olderActs}</MoreLink>}
    </>
  )
}

function ActItem({ view, act }: { view: View; act: ListedAct }) {
  const { admin } = view.words
  const { actor, person, roomName, reason } = act
  const at = new Date(act.at).toISOString()
  const room = roomName === '' ? admin.conversation : (roomName ?? admin.hiddenRoom)
  const detail = sayDetail(act, view.words)
  const names = { name: person?.nickname ?? detail, room, other: detail }
  return (
    <li>
      <time datetime={at}>{at.slice(0, 16).replace('T', ' ')} UTC</time>{' '}
      <b>
        <bdi>{actor?.nickname ?? admin.operator}</bdi>
      </b>{' '}
      <Filled text={fill(admin.acts[act.act], names)} />
      {reason !== '' && (
        <small>
          <Filled text={fill(admin.because, { other: reason })} />
        </small>
      )}
    </li>
  )
}

type ListedActs = {
  acts: ListedAct[]
  /** The URL of the page before; null on the last one. */
  next: string | null
}
