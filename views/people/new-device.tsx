import { Filled } from '../words/filled'
import { fill } from '../../src/shared/text'
import type { Claim, User } from '../../src/store/store'
import type { View } from '../view'

/** What a link for another device opens: it asks whether this browser is to be the person. */
export function NewDevice({ view, owner, reader, link }: NewDeviceProps) {
  const words = view.words.addDevice
  const name = owner.nickname
  if (reader?.id === owner.id) {
    return (
      <div class="stack">
        <h1>{words.title}</h1>
        <p>
          <Filled text={fill(words.isAlready, { name })} />
        </p>
      </div>
    )
  }
  return (
    <form class="stack" id="new-device" method="post" action={view.paths.newDevice(link)}>
      <h1>
        <Filled text={fill(words.newTitle, { name })} />
      </h1>
      <p>
        <Filled text={fill(words.newLead, { name })} />
      </p>
      <Replaces view={view} owner={owner} reader={reader} />
      <p>
        <Filled text={fill(words.newConsent, { name })} />
      </p>
      <p>
        <button class="btn btn--fill" type="submit">
          <Filled text={fill(words.become, { name })} />
        </button>
      </p>
    </form>
  )
}

type Readers = {
  view: View
  owner: User
  /** Who is signed in here now, and will not be any more. */
  reader: User | null
}

type NewDeviceProps = Readers & {
  /** The token of the link. */
  link: string
}

function Replaces({ view, owner, reader }: Readers) {
  if (reader === null || reader.id === owner.id) return null
  const note = fill(view.words.addDevice.replaces, { other: reader.nickname })
  return (
    <p class="problem">
      <Filled text={note} />
    </p>
  )
}

/** Waits for the answer of the other device; asks every now and then, until the answer is there. */
export function Waiting({ view, owner, reader, claim }: Readers & { claim: Claim }) {
  const words = view.words.addDevice
  const path = view.paths.newDevice()
  if (claim.isAllowed) {
    return (
      <form
        class="stack"
        id="waiting"
        method="post"
        action={path}
        hx-post={path}
        hx-trigger="load, submit"
      >
        <h1>{words.isIn}</h1>
        <Replaces view={view} owner={owner} reader={reader} />
        <p>
          <button class="btn btn--fill" type="submit">
            <Filled text={fill(words.enter, { name: owner.nickname })} />
          </button>
        </p>
      </form>
    )
  }
  return (
    <div class="stack" id="waiting" hx-get={path} hx-trigger="every 2s" hx-swap="outerHTML">
      <h1>{words.waitTitle}</h1>
      <p>
        <Filled text={fill(words.waitLead, { name: owner.nickname })} />
      </p>
      <p class="asked__number asked__number--large">{claim.number}</p>
      <Replaces view={view} owner={owner} reader={reader} />
      <p class="needs-script">{words.waitNote}</p>
      <noscript>
        <p>{words.waitNoScript}</p>
      </noscript>
    </div>
  )
}
