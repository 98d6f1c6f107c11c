import type { User } from '../../src/store/store'
import { PanelForm } from '../page/panel'
import { AvatarChoice } from './sign-in'
import type { View } from '../view'

/** Takes a person; gives the form for their own name and picture. */
export function Profile({ view, user }: { view: View; user: User }) {
  const { page } = view.words
  return (
    <div class="stack">
      <h2 id="panel-title">{page.profile}</h2>
      <PanelForm action={view.paths.profile()} submit={page.save}>
        <div class="field">
          <label for="profile-name">{page.nickname}</label>
          <input
            id="profile-name"
            name="nickname"
            value={user.nickname}
            autocomplete="nickname"
            autocapitalize="off"
            spellcheck={false}
            dir="auto"
            required
          />
          <small>{page.nicknameHint}</small>
        </div>
        <AvatarChoice view={view} chosen={user.avatar} picture="" />
      </PanelForm>
    </div>
  )
}
