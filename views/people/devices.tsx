import { Filled } from '../words/filled'
import { fill } from '../../src/shared/text'
import type { Device } from '../../src/store/store'
import { PanelHeading, PanelSwap, PartHeading } from '../page/panel'
import { AddDevice, kindOf, type LinkShown } from './add-device'
import { daysAgo, type DevicesShown, RecoveryCode } from './recovery-code'

/** The devices of the reader, each to be signed out, and their recovery code. */
export function Devices(props: DevicesProps) {
  const { view, user, devices, isPage, isBack, code } = props
  const words = view.words.devices
  return (
    <div
      class="stack"
      id="devices"
      hx-get={isPage || code !== null ? undefined : view.paths.devices()}
      hx-trigger="renew"
      hx-target="#panel-body"
    >
      <PanelHeading view={view}>{words.title}</PanelHeading>
      {isBack && (
        <p>
          <Filled text={fill(words.isBack, { name: user.nickname })} />
        </p>
      )}
      <p>{words.lead}</p>
      <ul class="choices">
        {devices.map((device) => (
          <DeviceItem {...props} device={device} />
        ))}
      </ul>
      {devices.length > 1 && (
        <PanelSwap action={view.paths.devicesEnd()} isPage={isPage} look="device__form">
          <input type="hidden" name="others" value="yes" />
          <button class="btn" type="submit">
            {words.signOutOthers}
          </button>
        </PanelSwap>
      )}
      <PartHeading view={view}>{view.words.addDevice.title}</PartHeading>
      <AddDevice {...props} />
      <PartHeading view={view}>{words.code}</PartHeading>
      <RecoveryCode {...props} from="devices" />
    </div>
  )
}

export type DevicesProps = DevicesShown & {
  link: LinkShown
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
        <small>
          <Filled text={fill(words.used, { added, seen })} />
        </small>
      </span>
      {!device.isThis && (
        <PanelSwap action={view.paths.devicesEnd()} isPage={isPage} look="device__form">
          <input type="hidden" name="device" value={device.id} />
          <button class="btn" type="submit" aria-label={fill(words.signOutKind, { kind })}>
            {words.signOut}
          </button>
        </PanelSwap>
      )}
    </li>
  )
}
