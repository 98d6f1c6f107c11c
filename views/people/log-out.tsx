import { Filled } from '../words/filled'
import { fill, plural } from '../../src/shared/text'
import { PanelHeading, PartHeading } from '../page/panel'
import { type DevicesShown, RecoveryCode } from './recovery-code'

const dayMs = 24 * 60 * 60_000

/** The question before a log-out: what it means for this person, and the way to leave for good. */
export function LogOut(props: LogOutProps) {
  const { view, devices, user, keepNamesMs, isNeeded } = props
  const { devices: words, page } = view.words
  const name = user.nickname
  const others = devices.length - 1
  return (
    <div class="stack">
      <PanelHeading view={view}>{page.logOut}</PanelHeading>
      {others > 0 ? (
        <p>{plural(view.language, others, words.logOutOthers)}</p>
      ) : (
        <p>
          <Filled text={fill(words.logOutLast, { name })} />
        </p>
      )}
      {others === 0 && <RecoveryCode {...props} from="log-out" />}
      <form class="panel__form" id="log-out" method="post" action={view.paths.sessionEnd()}>
        <input type="hidden" name="asked" value="yes" />
        {others > 0 && <input type="hidden" name="others" value="yes" />}
        {others === 0 && <p>{plural(view.language, keepNamesMs / dayMs, words.kept)}</p>}
        <label class="settings__row">
          <input type="checkbox" name="shared" value="yes" checked /> {page.sharedComputer}
        </label>
        <button class="btn" type="submit">
          {page.logOut}
        </button>
      </form>
      {isNeeded ? <OnlyOwner view={view} /> : <LeaveForGood view={view} user={user} />}
    </div>
  )
}

/** An owner whom the server needs is shown what comes first. */
function OnlyOwner({ view }: Pick<LogOutProps, 'view'>) {
  const { admin, devices, problems } = view.words
  return (
    <section class="stack" id="only-owner">
      <PartHeading view={view}>{devices.leave}</PartHeading>
      <p>{problems.owner_last}</p>
      <p>
        <a class="btn" href={view.paths.admin('people')}>
          {admin.title}
        </a>
      </p>
    </section>
  )
}

function LeaveForGood({ view, user }: Pick<LogOutProps, 'view' | 'user'>) {
  const { devices: words } = view.words
  return (
    <form
      class="panel__form danger leave-for-good"
      id="leave-for-good"
      method="post"
      action={view.paths.sessionLeave()}
    >
      <PartHeading view={view}>{words.leave}</PartHeading>
      <p>
        <Filled text={fill(words.leaveNote, { name: user.nickname })} />
      </p>
      <label class="settings__row">
        <input type="checkbox" name="sure" value="yes" required /> {words.leaveSure}
      </label>
      <button class="btn" type="submit">
        {words.leave}
      </button>
    </form>
  )
}

type LogOutProps = DevicesShown & {
  /** So long a person without a device keeps the name. */
  keepNamesMs: number
  /** Without this owner the server has none. */
  isNeeded: boolean
}
