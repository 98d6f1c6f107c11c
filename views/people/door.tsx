import { fill, plainText } from '../../src/shared/text'
import type { DoorLink, WaitingRequest } from '../../src/store/store'
import type { View } from '../view'
import { Filled } from '../words/filled'

/** What the sign-in form holds for the door. */
export type DoorForm = {
  /** An invitation link or a code; empty without one. */
  invitation: string
  /** Whose link was opened; null for a code that was typed. */
  invitedBy: string | null
  /** What a newcomer says who asks to come in. */
  line: string
  /** The problem is that of the door. */
  isDoorProblem: boolean
  problem: string | null
}

type DoorProps = { view: View; form: DoorForm }

/** What newcomers are told above the form: how they come in, or who invites them. */
export function DoorLead({ view, form, room }: DoorProps & { room: string | null }) {
  const { door } = view.words
  const { invitedBy: name } = form
  if (name === null) return <>{door.leads[view.door]}</>
  const text = room === null ? fill(door.invited, { name }) : fill(door.invitedTo, { name, room })
  return <Filled text={text} />
}

/** The fields that the door asks for: a password, an invitation or a line about oneself. */
export function DoorFields({ view, form }: DoorProps) {
  const { door } = view.words
  if (form.invitedBy !== null) {
    return (
      <>
        <input type="hidden" name="invitation" value={form.invitation} />
        <DoorProblem form={form} />
      </>
    )
  }
  if (view.door === 'open') return <DoorProblem form={form} />
  return (
    <>
      {view.door === 'password' && <PasswordField view={view} form={form} />}
      {view.door === 'ask' && <LineField view={view} form={form} />}
      {view.door === 'links' ? (
        <InvitationField view={view} form={form} />
      ) : (
        <details class="come-back__more" open={form.invitation !== ''}>
          <summary>{door.haveCode}</summary>
          <InvitationField view={view} form={form} />
        </details>
      )}
      <DoorProblem form={form} />
    </>
  )
}

/** A password is not sent back: unless it was wrong, the field stays as the form is replaced. */
function PasswordField({ view, form }: DoorProps) {
  const isWrong = form.isDoorProblem && form.invitation === ''
  return (
    <div class="field">
      <label for="door-password">{view.words.door.password}</label>
      <input
        id="door-password"
        name="password"
        type="password"
        dir="auto"
        autocomplete="off"
        hx-preserve={isWrong ? undefined : true}
        autofocus={isWrong}
        aria-describedby={form.isDoorProblem ? 'door-problem' : undefined}
      />
    </div>
  )
}

function LineField({ view, form }: DoorProps) {
  const { door } = view.words
  return (
    <div class="field">
      <label for="door-line">{door.line}</label>
      <input
        id="door-line"
        name="line"
        value={form.line}
        dir="auto"
        autocomplete="off"
        aria-describedby="door-line-hint"
      />
      <small id="door-line-hint">{door.lineHint}</small>
    </div>
  )
}

function InvitationField({ view, form }: DoorProps) {
  const { door } = view.words
  const isWrong = form.isDoorProblem && (form.invitation !== '' || view.door === 'links')
  return (
    <div class="field">
      <label for="invitation">{door.invitation}</label>
      <input
        id="invitation"
        name="invitation"
        value={form.invitation}
        dir="ltr"
        autocomplete="off"
        autocapitalize="characters"
        spellcheck={false}
        autofocus={isWrong}
        aria-invalid={isWrong ? 'true' : undefined}
        aria-describedby={form.isDoorProblem ? 'door-problem' : 'invitation-hint'}
      />
      <small id="invitation-hint">{door.invitationHint}</small>
    </div>
  )
}

function DoorProblem({ form }: { form: DoorForm }) {
  if (!form.isDoorProblem) return null
  return (
    <p class="problem" id="door-problem" role="alert">
      {form.problem}
    </p>
  )
}

type AtDoorProps = {
  view: View
  /** Null when the request is over. */
  request: WaitingRequest | null
  /** Where the newcomer wants to go: fields of an address. */
  place: Record<string, string>
}

/** Where a newcomer waits who has asked to come in; asks until there is an answer. */
export function AtDoor({ view, request, place }: AtDoorProps) {
  const { door } = view.words
  const path = view.paths.door(place)
  if (request === null) {
    return (
      <div class="stack" id="at-door">
        <h1>{door.overTitle}</h1>
        <p role="status">{door.overLead}</p>
        <p>
          <a class="btn btn--fill" href={view.paths.home()}>
            {door.askAgain}
          </a>
        </p>
      </div>
    )
  }
  const name = request.nickname
  if (request.isAllowed) {
    return (
      <form
        class="stack"
        id="at-door"
        method="post"
        action={path}
        hx-post={path}
        hx-trigger="load, submit"
      >
        <h1>{door.isIn}</h1>
        <p>
          <button class="btn btn--fill" type="submit">
            <Filled text={fill(door.enter, { name })} />
          </button>
        </p>
      </form>
    )
  }
  return (
    <div class="stack" id="at-door" hx-get={path} hx-trigger="every 2s" hx-swap="outerHTML">
      <h1>{door.waitTitle}</h1>
      <p role="status">
        <Filled text={fill(door.waitLead, { name })} />
      </p>
      <p class="needs-script">{door.waitNote}</p>
      <noscript>
        <p>{door.waitNoScript}</p>
      </noscript>
      <form method="post" action={path}>
        <button class="btn" type="submit" name="withdraw" value="yes">
          {door.withdraw}
        </button>
      </form>
    </div>
  )
}

/** What an invitation link opens for somebody who is here already: the way into its room. */
export function OpenedLink({ view, link, invitation }: OpenedLinkProps) {
  const { door } = view.words
  const room = link.room?.name ?? ''
  return (
    <form class="stack" id="opened-link" method="post" action={view.paths.invite(invitation)}>
      <h1>
        <Filled text={fill(door.join, { room })} />
      </h1>
      <p>
        <Filled text={fill(door.joinLead, { name: link.by.nickname })} />
      </p>
      <p>
        <button class="btn btn--fill" type="submit">
          <Filled text={fill(door.joinButton, { room })} />
        </button>
      </p>
    </form>
  )
}

/** Its title. */
export function openedTitle({ words }: View, { room }: DoorLink): string {
  return plainText(fill(words.door.join, { room: room?.name ?? '' }))
}

type OpenedLinkProps = {
  view: View
  link: DoorLink
  /** Its token. */
  invitation: string
}
