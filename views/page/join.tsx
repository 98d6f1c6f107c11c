import { fill, plural } from '../../src/shared/text'
import type { View } from '../view'
import { Page } from './page'
import { QrCode } from './qr-code'

/** A page for the projector and the wall: the address, its code, and how many are here. */
export function JoinPage({ view, online }: JoinProps) {
  const { page } = view.words
  const url = view.sharedOrigin() + view.paths.home()
  const title = fill(page.joinServer, { server: view.serverName })
  return (
    <Page view={view} title={title} user={null} isWhole>
      <main class="poster">
        <h1 dir="auto">{title}</h1>
        <QrCode text={url} label={fill(page.codeOf, { url })} />
        <p>{page.joinLead}</p>
        <p class="poster__address">
          <a href={url}>{url.replace(/^http:\/\//, '').replace(/\/$/, '')}</a>
        </p>
        <JoinCount view={view} online={online} />
      </main>
    </Page>
  )
}

type JoinProps = {
  view: View
  /** How many people are here. */
  online: number
}

/** How many people are online; asks again every now and then. */
function JoinCount({ view, online }: JoinProps) {
  return (
    <p
      id="here"
      hx-get={view.paths.join()}
      hx-trigger="every 10s"
      hx-select="#here"
      hx-swap="outerHTML"
    >
      {plural(view.language, online, view.words.live.online)}
    </p>
  )
}
