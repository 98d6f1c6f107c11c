import type { User } from '../../src/store/store'
import { Avatar } from './avatar'
import { PanelForm } from '../page/panel'
import type { Presence } from './people'
import type { View } from '../view'

/** Takes a person; gives their card, with what the reader can do about them. */
export function PersonCard({ view, person, state, isSelf }: CardProps) {
  const { page, states } = view.words
  return (
    <div class="stack card">
      <Avatar user={person} size="large" />
      <h2 id="panel-title">
        <bdi>{person.nickname}</bdi>
      </h2>
      <p>{isSelf ? page.thisIsYou : states[state]}</p>
      {!isSelf && (
        <div class="card__ways" data-person={person.id} data-name={person.nickname}>
          <PanelForm action={view.paths.direct(person.id)} submit={page.messagePrivately} />
          <button class="btn" type="button" data-action="mention">
            {page.mention}
          </button>
          <button class="btn" type="button" data-action="mute">
            {page.mute}
          </button>
        </div>
      )}
    </div>
  )
}

/** What tells the pages that somebody has another name or picture. */
export function ChangedPerson({ user }: { user: User }) {
  return (
    <div class="person-changed" data-person={user.id} data-name={user.nickname}>
      <Avatar user={user} />
    </div>
  )
}

type CardProps = { view: View; person: User; state: Presence; isSelf: boolean }
