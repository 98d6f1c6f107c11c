import { Filled } from '../words/filled'
import { fill } from '../../src/shared/text'
import type { Claim, Device, User } from '../../src/store/store'
import { PanelSwap } from '../page/panel'
import { QrCode } from '../page/qr-code'
import type { View } from '../view'

/** The link of the reader's session for another device, at this moment. */
export type LinkShown = {
  /** It is there; only just after it was made its address is known. */
  isOpen: boolean
  url: string | null
  /** The address is one that only this machine reaches. */
  isOnlyHere: boolean
  claim: Claim | null
  /** What the reader answered was not asked any more. */
  isTooLate: boolean
}

type AddDeviceProps = { view: View; user: User; link: LinkShown; isPage: boolean }

/** Adds a device: makes a link, and asks about the device that opened it. */
export function AddDevice(props: AddDeviceProps) {
  const { view, user, link, isPage } = props
  const words = view.words.addDevice
  const place = isPage ? 'page' : 'panel'
  if (link.claim !== null) {
    return <Asked view={view} user={user} claim={link.claim} isTooLate={false} place={place} />
  }
  if (link.url !== null) return <NewLink {...props} url={link.url} />
  return (
    <div class="panel__form">
      {link.isTooLate && <p class="problem">{words.tooLate}</p>}
      <p>
        <Filled text={link.isOpen ? words.open : fill(words.lead, { name: user.nickname })} />
      </p>
      {link.isOpen && <Withdraw view={view} isPage={isPage} />}
      <PanelSwap action={view.paths.deviceLink()} isPage={isPage} look="device__form">
        <button class={link.isOpen ? 'btn' : 'btn btn--fill'} type="submit">
          {link.isOpen ? words.makeAgain : words.make}
        </button>
      </PanelSwap>
      {isPage && link.isOpen && <LookForClaim view={view} />}
    </div>
  )
}

/** Shown once, as only its hash is stored; it is withdrawn when the dialog is closed. */
function NewLink({ view, link, isPage, url }: AddDeviceProps & { url: string }) {
  const { addDevice: words, devices } = view.words
  const { paths } = view
  return (
    <div class="code" id="device-link">
      <p>{words.scan}</p>
      <QrCode text={url} label={words.code} />
      <input readonly value={url} aria-label={words.link} />
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
      </p>
      {link.isOnlyHere && <p class="problem">{words.onlyHere}</p>}
      <small>{isPage ? words.limitsOfPage : words.limits}</small>
      {isPage ? (
        <>
          <p>
            {words.next}{' '}
            <a class="btn" href={paths.devices()}>
              {words.continue}
            </a>
          </p>
          <LookForClaim view={view} />
        </>
      ) : (
        <i hx-post={paths.deviceLinkEnd()} hx-trigger="close from:#panel" hx-swap="none"></i>
      )}
      <Withdraw view={view} isPage={isPage} />
    </div>
  )
}

function Withdraw({ view, isPage }: { view: View; isPage: boolean }) {
  return (
    <PanelSwap action={view.paths.deviceLinkEnd()} isPage={isPage} look="device__form">
      <button class="btn" type="submit">
        {view.words.addDevice.withdraw}
      </button>
    </PanelSwap>
  )
}

/** A page of its own has no socket: with a script it asks. */
function LookForClaim({ view }: { view: View }) {
  return (
    <div
      hx-get={view.paths.deviceAsked({ from: 'page' })}
      hx-trigger="every 2s"
      hx-swap="outerHTML"
    ></div>
  )
}

/** The place on the page of a room for what another device asks; filled at an event. */
export function AskedNotice({ view }: { view: View }) {
  return <div id="asked" hx-get={view.paths.deviceAsked()} hx-trigger="renew"></div>
}

/** Which device wants to be the reader, and the answers; or what came of it. */
export function Asked({ view, user, claim, isTooLate, place }: AskedProps) {
  const words = view.words.addDevice
  if (claim === null) {
    return isTooLate ? <p class="asked problem">{words.tooLate}</p> : <></>
  }
  if (claim.isAllowed) {
    return (
      <p class="asked" role="status">
        {words.allowed}
      </p>
    )
  }
  const action = view.paths.deviceAsked()
  const target = { page: undefined, panel: '#panel-body', notice: '#asked' }[place]
  const kind = kindOf(view, claim)
  const device = words[shapeOf(claim)]
  return (
    <form
      class="asked"
      method="post"
      action={action}
      hx-post={target === undefined ? undefined : action}
      hx-target={target}
    >
      <p role="alert">
        <Filled text={fill(words.wants, { device, kind, name: user.nickname })} />
      </p>
      <p id={`number-${place}`}>
        {words.compare} <strong class="asked__number">{claim.number}</strong>
      </p>
      <input type="hidden" name="from" value={place} />
      <input type="hidden" name="claim" value={claim.hash.toHex()} />
      <p class="asked__answers">
        <button
          class="btn btn--fill"
          type="submit"
          name="answer"
          value="allow"
          aria-describedby={`number-${place}`}
        >
          {words.allow}
        </button>
        <button class="btn" type="submit" name="answer" value="refuse">
          {words.refuse}
        </button>
      </p>
    </form>
  )
}

type AskedProps = {
  view: View
  user: User
  claim: Claim | null
  isTooLate: boolean
  /** Where the answer is shown. */
  place: 'page' | 'panel' | 'notice'
}

type Shape = 'phone' | 'phoneOrTablet' | 'tablet' | 'computer' | 'device'

function shapeOf({ system }: Pick<Device, 'system'>): Shape {
  const shapes: Record<string, Shape> = {
    iPhone: 'phone',
    Android: 'phoneOrTablet',
    iPad: 'tablet',
    '': 'device',
  }
  return shapes[system] ?? 'computer'
}

/** What a device is, in the reader's words: only one part of it may be known. */
export function kindOf(
  { words }: View,
  { browser, system }: Pick<Device, 'browser' | 'system'>,
): string {
  if (browser !== '' && system !== '') return fill(words.devices.kind, { browser, system })
  return browser || system || words.devices.unknown
}
