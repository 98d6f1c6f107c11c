import { Filled } from '../words/filled'
import { fill } from '../../src/shared/text'
import type { PresenceState } from '../../src/shared/protocol'
import type { Room, User } from '../../src/store/store'
import { MuteLink } from '../rooms/holds'
import { roomTitle } from '../rooms/room-title'
import { Avatar, Name } from './avatar'
import { PanelForm, PanelHeading } from '../page/panel'
import { AvatarChoice, FirstSubmit, NicknameField, type SignInForm } from './sign-in'
import type { View } from '../view'

/** A person's card, with what the reader can do. */
export function PersonCard(props: CardProps) {
  const { view, person, state, isSelf, mayAct, mayWrite, mutableIn } = props
  const { page, states } = view.words
  return (
    <div class="stack card">
      <Avatar user={person} size="large" />
      <PanelHeading view={view} isQuiet>
        <Name user={person} />
      </PanelHeading>
      <p>{isSelf ? page.thisIsYou : person.mark === 'left' ? page.hasLeft : states[state]}</p>
      {person.mark === 'new' && (
        <p>
          <Filled text={fill(page.isNew, { name: person.nickname })} />
        </p>
      )}
      {!isSelf && person.mark !== 'left' && (
        <div class="card__ways">
          {mayWrite && (
            <PanelForm action={view.paths.direct(person.id)} submit={page.messagePrivately} />
          )}
          <button class="btn" type="button" data-action="mention" data-name={person.nickname}>
            {page.mention}
          </button>
          <button
            class="btn"
            type="button"
            data-action="mute"
            data-person={person.id}
            data-name={person.nickname}
          >
            {page.mute}
          </button>
          {mutableIn !== null && (
            <MuteLink view={view} room={mutableIn} user={person} isPage={props.isPage}>
              <span>
                <Filled text={fill(view.words.holds.muteIn, { room: roomTitle(mutableIn) })} />
              </span>
            </MuteLink>
          )}
        </div>
      )}
      {mayAct && (
        <p>
          <a class="btn" href={view.paths.admin('person', { user: `${person.id}` })}>
            {view.words.acts.open}
          </a>
        </p>
      )}
    </div>
  )
}

type CardProps = {
  view: View
  person: User
  state: PresenceState
  isSelf: boolean
  isPage: boolean
  /** Whether the server's setting lets the reader write to them privately. */
  mayWrite: boolean
  /** The room where the reader is, if they may mute the person there. */
  mutableIn: Room | null
  /** The reader has a role, and the person another one. */
  mayAct: boolean
}

/** The form for a user's own name and picture; `form` is what was typed and refused. */
export function Profile({ view, user, form }: ProfileProps) {
  const { page } = view.words
  const { avatar, picture } = form ?? { avatar: user.avatar, picture: '' }
  const name = form ?? { nickname: user.nickname, problem: null, suggestions: [] }
  return (
    <div class="stack">
      <PanelHeading view={view} isQuiet>
        {page.profile}
      </PanelHeading>
      <PanelForm action={view.paths.profile()} submit={page.save}>
        <FirstSubmit />
        <NicknameField view={view} id="profile-name" form={name} />
        <AvatarChoice view={view} chosen={avatar} picture={picture} />
      </PanelForm>
    </div>
  )
}

type ProfileProps = {
  view: View
  user: User
  form?: Pick<SignInForm, 'nickname' | 'avatar' | 'picture' | 'problem' | 'suggestions'>
}

/** Tells the pages that a user has another name or picture, or has left. */
export function ChangedPerson({ user }: { user: User }) {
  return (
    <div
      class="person-changed"
      data-person={user.id}
      data-name={user.nickname}
      data-mark={user.mark ?? undefined}
    >
      <Avatar user={user} />
    </div>
  )
}
