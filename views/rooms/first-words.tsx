import { fill } from '../../src/shared/text'
import type { Room } from '../../src/store/store'
import { PanelLink } from '../page/panel'
import { QrCode } from '../page/qr-code'
import type { View } from '../view'

/** What an empty room says: how others come into it. CSS hides it when a message comes. */
export function FirstWords({ view, room }: { view: View; room: Room }) {
  const { page } = view.words
  return (
    <div class="first-words">
      {view.welcome !== '' && <p dir="auto">{view.welcome}</p>}
      <p>{page.emptyRoom}</p>
      {room.kind === 'open' && <Share view={view} path={view.paths.room(room.id)} />}
      {room.kind === 'closed' && (
        <p>
          <PanelLink look="btn" path={view.paths.settings(room.id)}>
            {view.words.invitations.invitePeople}
          </PanelLink>
        </p>
      )}
    </div>
  )
}

/** The address that others open, and the same as a code for their cameras. */
function Share({ view, path }: { view: View; path: string }) {
  const { page } = view.words
  const url = view.sharedOrigin() + path
  return (
    <div class="share">
      <QrCode text={url} label={fill(page.codeOf, { url })} />
      <p>
        {page.shareLead} <a href={url}>{url}</a>
      </p>
      <p>
        <a class="btn" href={view.paths.join()} target="_blank">
          {page.showLarge}
        </a>{' '}
        <PanelLink look="btn" path={view.paths.rooms()}>
          {page.findRooms}
        </PanelLink>
      </p>
    </div>
  )
}
