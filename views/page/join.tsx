import { fill, plural } from '../../src/shared/text'
import type { View } from '../view'
import { Page } from './page'
import { QrCode } from './qr-code'

type JoinProps = {
  view: View
  /** How many people are here. */
  online: number
  /** With which newcomers come in just now; null where the door needs none, or for strangers. */
  code: string | null
  /** The token of an invitation link that is shown instead of the address. */
  link?: string | undefined
}

/** A page for the projector and the wall: the address, its code, and how many are here. */
export function JoinPage(props: JoinProps) {
  const { view, code, link } = props
  const { page } = view.words
  const title = fill(page.joinServer, { server: view.serverName })
  // With a code the picture changes with it.
  const renewed = code === null ? '#here' : '#poster'
  return (
    <Page view={view} title={title} user={null} renewsIn={30} isWhole>
      <main
        class="poster"
        id="poster"
        hx-get={view.paths.join(link === undefined ? {} : { link })}
        hx-trigger="every 10s"
        hx-target={renewed}
        hx-select={renewed}
        hx-swap="outerHTML"
      >
        <h1 dir="auto">{title}</h1>
        <Way {...props} />
        <JoinCount {...props} />
      </main>
    </Page>
  )
}

/** The picture to scan, and what those do who cannot. */
function Way({ view, code, link }: JoinProps) {
  const { door, page } = view.words
  const { paths } = view
  const origin = view.sharedOrigin()
  const address = origin + paths.home()
  const token = link ?? code
  const url = token === null ? address : origin + paths.invite(token)
  const shown = link === undefined ? address : url
  return (
    <>
      <QrCode text={url} label={fill(page.codeOf, { url })} />
      <p>{link === undefined ? page.joinLead : door.posterInvited}</p>
      <p class={link === undefined ? 'poster__address' : 'poster__link'}>
        <a href={shown}>{shown.replace(/^http:\/\//, '').replace(/\/$/, '')}</a>
      </p>
      {code !== null && link === undefined && (
        <>
          <p>{door.codeLead}</p>
          <p class="poster__address" id="door-code">
            {code.slice(0, 3)}-{code.slice(3)}
          </p>
          <p class="poster__note">{door.codeNote}</p>
        </>
      )}
    </>
  )
}

/** How many people are online. */
function JoinCount({ view, online }: Pick<JoinProps, 'view' | 'online'>) {
  return <p id="here">{plural(view.language, online, view.words.live.online)}</p>
}
