import type { Child } from 'hono/jsx'
import { fill } from '../../src/shared/text'
import type { Device } from '../../src/store/store'
import { PanelHeading, PartHeading } from '../page/panel'
import type { View } from '../view'
import { daysAgo, type DevicesShown, RecoveryCode } from './recovery-code'

/** The devices of the reader, each to be signed out, and their recovery code. */
export function Devices(props: DevicesProps) {
  const { view, user, devices, isPage, isBack } = props
  const words = view.words.devices
  return (
    <div class="stack" id="devices">
      <PanelHeading isPage={isPage}>{words.title}</PanelHeading>
      {isBack && <p>{fill(words.isBack, { name: user.nickname })}</p>}
      <p>{words.lead}</p>
      <ul class="choices">
        {devices.map((device) => (
          <DeviceItem {...props} device={device} />
        ))}
      </ul>
      {devices.length > 1 && (
        <DeviceForm view={view} isPage={isPage}>
          <input type="hidden" name="others" value="yes" />
          <button class="btn" type="submit">
            {words.signOutOthers}
          </button>
        </DeviceForm>
      )}
      <PartHeading isPage={isPage}>{words.code}</PartHeading>
      <RecoveryCode {...props} from="devices" />
    </div>
  )
}

type DevicesProps = DevicesShown & {
  /** The reader has just used the code. */
  isBack: boolean
}

function DeviceItem({ view, device, now, isPage }: DevicesProps & { device: Device }) {
  const words = view.words.devices
  const kind = kindOf(view, device)
  const added = daysAgo(view, device.addedAt, now)
  const seen = daysAgo(view, device.seenAt, now)
  return (
    <li>
      <span>
        <bdi>{kind}</bdi>
        {device.isThis ? <strong class="device__this">{words.this}</strong> : null}
        <small>{fill(words.used, { added, seen })}</small>
      </span>
      {!device.isThis && (
        <DeviceForm view={view} isPage={isPage}>
          <input type="hidden" name="device" value={device.id} />
          <button class="btn" type="submit" aria-label={fill(words.signOutKind, { kind })}>
            {words.signOut}
          </button>
        </DeviceForm>
      )}
    </li>
  )
}

function DeviceForm({ view, isPage, children }: DeviceFormProps) {
  const action = view.paths.devicesEnd()
  return (
    <form
      class="device__form"
      method="post"
      action={action}
      hx-post={isPage ? undefined : action}
      hx-target={isPage ? undefined : '#panel-body'}
    >
      {children}
    </form>
  )
}

type DeviceFormProps = { view: View; isPage: boolean; children: Child }

/** What a device is, in the reader's words: only one part of it may be known. */
function kindOf({ words }: View, { browser, system }: Device): string {
  if (browser !== '' && system !== '') return fill(words.devices.kind, { browser, system })
  return browser || system || words.devices.unknown
}
