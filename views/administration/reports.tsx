import { can } from '../../src/shared/rights'
import { fill } from '../../src/shared/text'
import type { Ban, Report } from '../../src/store/store'
import { MoreLink } from '../page/list'
import { Avatar, Name, Sentence } from '../people/avatar'
import { daysAgo } from '../people/recovery-code'
import { Filled } from '../words/filled'
import { type AdminProps, AdminPage } from './admin-page'

/** Messages that were reported, as they were then, and the ways to answer. */
export function AdminReports(props: AdminProps & { reports: Report[]; next: string | null }) {
  const { view, reports, next } = props
  const { acts } = view.words
  return (
    <AdminPage {...props} section="reports">
      {reports.length === 0 && <p>{acts.noReports}</p>}
      <ul class="choices admin__reports">
        {reports.map((report) => (
          <ReportItem {...props} report={report} />
        ))}
      </ul>
      {next !== null && <MoreLink path={next}>{acts.olderReports}</MoreLink>}
    </AdminPage>
  )
}

function ReportItem({ view, role, report }: AdminProps & { report: Report }) {
  const { acts } = view.words
  const { author, reporter, why, content, isDeleted, room, roomName, seq } = report
  const at = new Date(report.reportedAt).toISOString()
  return (
    <li class="admin__person">
      <p>
        <Avatar user={author} size="small" /> <Name user={author} />{' '}
        <a href={view.paths.message(room, seq)}>
          {roomName === '' ? (
            acts.privately
          ) : (
            <Filled text={fill(acts.reportedIn, { room: roomName })} />
          )}
        </a>
      </p>
      <blockquote dir="auto">{content}</blockquote>
      {isDeleted && <p>{acts.wasDeleted}</p>}
      <p>
        <Sentence text={acts.reportedBy}>
          <Name user={reporter} />
        </Sentence>{' '}
        <time datetime={at}>{at.slice(0, 16).replace('T', ' ')} UTC</time>
      </p>
      {why !== '' && <p dir="auto">{why}</p>}
      <form class="settings__ways" method="post" action={view.paths.admin('reports')}>
        <input type="hidden" name="report" value={report.id} />
        {!isDeleted && (
          <button class="btn btn--fill" type="submit" name="answer" value="delete">
            {acts.deleteMessage}
          </button>
        )}
        <button class="btn" type="submit" name="answer" value="dismiss">
          {acts.dismiss}
        </button>
        {can(role, 'admin.open') && (
          <a class="btn" href={view.paths.admin('person', { user: `${author.id}` })}>
            {acts.open}
          </a>
        )}
      </form>
    </li>
  )
}

/** Those who are banned from the server. */
export function AdminBans(props: AdminProps & { bans: Ban[]; next: string | null; now: number }) {
  const { view, bans, next, now } = props
  const { acts, admin } = view.words
  return (
    <AdminPage {...props} section="bans">
      {bans.length === 0 && <p>{acts.noBans}</p>}
      <ul class="choices">
        {bans.map(({ user, by, reason, bannedAt }) => (
          <li class="admin__person">
            <span class="choices__who">
              <Avatar user={user} size="small" /> <Name user={{ ...user, mark: null }} />
              <small>
                <Filled
                  text={fill(acts.bannedBy, {
                    name: by ?? admin.operator,
                    at: daysAgo(view, bannedAt, now),
                  })}
                />
              </small>
              {reason !== '' && (
                <small>
                  <Filled text={fill(admin.because, { other: reason })} />
                </small>
              )}
            </span>
            <a class="btn" href={view.paths.admin('person', { user: `${user.id}` })}>
              {acts.open}
            </a>
          </li>
        ))}
      </ul>
      {next !== null && <MoreLink path={next}>{acts.olderBans}</MoreLink>}
    </AdminPage>
  )
}
