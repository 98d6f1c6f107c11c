import { fill, plainText, plural } from '../../src/shared/text'
import type { Invitation, RoomPreview } from '../../src/store/store'
import { Icon } from '../page/icons'
import { PanelHeading, PanelLink } from '../page/panel'
import { Name, Sentence } from '../people/avatar'
import type { View } from '../view'

/**
 * What waits for an answer, above the list of rooms: the newest invitations. Each has an id, so
 * that the focus stays with its own when the list is renewed.
 */
export function InvitationsBox({ view, invitations, invitedTo }: InvitationsProps) {
  const words = view.words.invitations
  return (
    <section
      class="invitations"
      id="invitations"
      data-count={invitedTo}
      aria-labelledby="invitations-heading"
      hidden={invitedTo === 0}
    >
      <h2 id="invitations-heading">{words.heading}</h2>
      <ul>
        {invitations.map((invitation) => (
          <InvitationItem
            view={view}
            invitation={invitation}
            isPage={false}
            id={`invitation-${invitation.room.id}`}
          />
        ))}
      </ul>
      {invitedTo > invitations.length && (
        <p class="rail__more">
          <PanelLink look="btn" path={view.paths.invitations()}>
            {plural(view.language, invitedTo, words.all)}
          </PanelLink>
        </p>
      )}
    </section>
  )
}

export type InvitationsProps = {
  view: View
  /** Some of them, if there are many. */
  invitations: Invitation[]
  /** How many there are in all. */
  invitedTo: number
}

/** All of them. */
export function AllInvitations({ view, invitations, isPage }: AllProps) {
  const words = view.words.invitations
  return (
    <div class="stack">
      <PanelHeading view={view}>{words.heading}</PanelHeading>
      {invitations.length === 0 && <p>{words.none}</p>}
      <ul class="stack">
        {invitations.map((invitation) => (
          <InvitationItem view={view} invitation={invitation} isPage={isPage} />
        ))}
      </ul>
    </div>
  )
}

type AllProps = { view: View; invitations: Invitation[]; isPage: boolean }

function InvitationItem({ view, invitation, isPage, id }: ItemProps & { id?: string }) {
  const { room } = invitation
  return (
    <li class="invitation" id={id} data-invitation={room.id}>
      <p class="invitation__room">
        <Icon name={room.kind === 'open' ? 'room' : 'lock'} /> <bdi>{room.name}</bdi>
      </p>
      <Inviter view={view} invitation={invitation} />
      <Answer view={view} invitation={invitation} seq={null} isPage={isPage} />
    </li>
  )
}

type ItemProps = { view: View; invitation: Invitation; isPage: boolean }

/** Who invited the reader, and why. */
function Inviter({ view, invitation: { by, why } }: Omit<ItemProps, 'isPage'>) {
  return (
    <>
      <p>
        <Sentence text={view.words.invitations.invitedYou}>
          <Name user={by} />
        </Sentence>
      </p>
      {why !== '' && (
        <p class="invitation__why" dir="auto">
          {why}
        </p>
      )}
    </>
  )
}

function Answer({ view, invitation: { room }, seq, isPage }: ItemProps & { seq: number | null }) {
  const words = view.words.invitations
  const action = view.paths.answer(room.id)
  return (
    <form
      class="invitation__answer"
      method="post"
      action={action}
      hx-post={isPage ? undefined : action}
      hx-target={isPage ? undefined : 'find .problem'}
    >
      <Place seq={seq} isPage={isPage} />
      {(['accept', 'decline'] as const).map((answer) => (
        <button
          class={answer === 'accept' ? 'btn btn--fill' : 'btn'}
          type="submit"
          name="answer"
          value={answer}
        >
          {words[answer]}
          <span class="vh"> #{room.name}</span>
        </button>
      ))}
      <p class="problem" role="alert"></p>
    </form>
  )
}

/** Where the reader goes once they are in, and whether that is in the page that asks. */
function Place({ seq, isPage }: { seq: number | null; isPage: boolean }) {
  return (
    <>
      {seq !== null && <input type="hidden" name="seq" value={seq} />}
      {!isPage && <input type="hidden" name="here" value="yes" />}
    </>
  )
}

/** A room that the reader is not in: what it is about, and the way in. */
export function JoinRoom({ view, room, invitation, seq, isPage }: JoinProps) {
  const { language, paths, words } = view
  const { invitedTo, join, joinButton, notIn } = words.invitations
  const action = paths.members(room.id)
  return (
    <div class="stack" data-invitation={invitation === null ? undefined : room.id}>
      <PanelHeading view={view}>
        <Sentence text={invitation === null ? join : invitedTo}>
          <bdi>#{room.name}</bdi>
        </Sentence>
      </PanelHeading>
      {room.topic !== '' && <p dir="auto">{room.topic}</p>}
      <p>{plural(language, room.members, words.page.memberCount)}</p>
      {invitation === null ? (
        <form
          class="panel__form"
          method="post"
          action={action}
          hx-post={isPage ? undefined : action}
          hx-target={isPage ? undefined : 'find .problem'}
        >
          <p>{room.isLocked ? words.problems.room_locked : notIn}</p>
          <Place seq={seq} isPage={isPage} />
          <button class="btn btn--fill" type="submit" disabled={room.isLocked}>
            <span>
              <Sentence text={joinButton}>
                <bdi>#{room.name}</bdi>
              </Sentence>
            </span>
          </button>
          <p class="problem" role="alert"></p>
        </form>
      ) : (
        <div class="invitation">
          <Inviter view={view} invitation={invitation} />
          <Answer view={view} invitation={invitation} seq={seq} isPage={isPage} />
        </div>
      )}
    </div>
  )
}

type Preview = { room: RoomPreview; invitation: Invitation | null }

type JoinProps = Preview & { view: View; seq: number | null; isPage: boolean }

/** The title of the page that JoinRoom is on. */
export function previewTitle({ words }: View, { room, invitation }: Preview): string {
  const { invitedTo, join } = words.invitations
  return plainText(fill(invitation === null ? join : invitedTo, { room: `#${room.name}` }))
}
