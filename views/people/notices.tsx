import { fill, plural } from '../../src/shared/text'
import type { Notice, User } from '../../src/store/store'
import { Page } from '../page/page'
import { Filled } from '../words/filled'
import type { View } from '../view'
import { PanelHeading } from '../page/panel'

/** The place on the page of a room for what its reader is told; filled at an event. */
export function NoticePlace({ view }: { view: View }) {
  return <div id="told" hx-get={view.paths.notices()} hx-trigger="renew"></div>
}

/** What a person is told, and for those with a role how many reports wait. */
export function Notices({ view, notices, reports, isPage }: NoticesProps) {
  const { acts, admin } = view.words
  return (
    <>
      {isPage && <h1>{acts.notices}</h1>}
      {isPage && notices.length === 0 && reports === 0 && <p>{acts.noNotices}</p>}
      {reports > 0 && (
        <p class="asked" role="status">
          <a class="btn" href={view.paths.admin('reports')}>
            {plural(view.language, reports, acts.reportsWait)}
          </a>
        </p>
      )}
      {notices.map(({ id, kind, detail, reason }) => (
        <form
          class="asked"
          method="post"
          action={view.paths.notices()}
          hx-post={isPage ? undefined : view.paths.notices()}
          hx-target={isPage ? undefined : '#told'}
        >
          <p role="alert">
            <Filled text={fill(acts.noticeKinds[kind], { other: detail })} />{' '}
            {reason !== '' && <Filled text={fill(admin.because, { other: reason })} />}
          </p>
          <input type="hidden" name="notice" value={id} />
          <button class="btn" type="submit">
            {acts.read}
          </button>
        </form>
      ))}
    </>
  )
}

type NoticesProps = {
  view: View
  notices: Notice[]
  /** How many reports wait for an answer. */
  reports: number
  isPage: boolean
}

/** The form that reports a message, or the thanks. */
export function ReportForm({ view, room, seq, isDone }: ReportProps) {
  const { acts } = view.words
  const path = view.paths.report(room, seq)
  return (
    <div class="stack">
      <PanelHeading view={view} isQuiet>
        {acts.reportTitle}
      </PanelHeading>
      {isDone ? (
        <p role="status">{acts.reported}</p>
      ) : (
        <>
          <p>{acts.reportLead}</p>
          <form
            class="panel__form"
            method="post"
            action={path}
            hx-post={path}
            hx-target="#panel-body"
          >
            <label class="field">
              {acts.why}
              <input name="why" autocomplete="off" dir="auto" />
            </label>
            <button class="btn btn--fill" type="submit">
              {acts.sendReport}
            </button>
          </form>
        </>
      )}
    </div>
  )
}

type ReportProps = { view: View; room: number; seq: number; isDone: boolean }

/** What a browser is shown in which somebody was banned. */
export function BannedPage({ view, user, reason }: { view: View; user: User; reason: string }) {
  const { acts, admin } = view.words
  return (
    <Page view={view} title={acts.bannedTitle} user={null} isWhole>
      <main class="panel panel--page" id="banned">
        <div class="stack">
          <h1>{acts.bannedTitle}</h1>
          <p>
            <Filled text={fill(acts.bannedLead, { name: user.nickname })} />
          </p>
          {reason !== '' && (
            <p>
              <Filled text={fill(admin.because, { other: reason })} />
            </p>
          )}
          <p>{acts.bannedNote}</p>
        </div>
      </main>
    </Page>
  )
}

/** What a link to come back opens: whom it brings back, and the way in. */
export function WayBack({ view, user, reader, link }: WayBackProps) {
  const { acts } = view.words
  return (
    <form class="stack" method="post" action={view.paths.wayBack(link)}>
      <h1>{acts.wayBackTitle}</h1>
      <p>
        <Filled text={fill(acts.wayBackLead, { name: user.nickname })} />
      </p>
      {reader !== null && reader.id !== user.id && (
        <p>
          <Filled text={fill(acts.wayBackOther, { name: reader.nickname })} />
        </p>
      )}
      <p>
        <button class="btn btn--fill" type="submit">
          <Filled text={fill(acts.wayBackEnter, { name: user.nickname })} />
        </button>
      </p>
    </form>
  )
}

type WayBackProps = { view: View; user: User; reader: User | null; link: string }
