import { fill } from '../../src/shared/text'
import type { ServerSettings } from '../../src/store/store'
import { type AdminProps, AdminPage } from './admin-page'

/** What owners set for the whole server. What a flag sets is shown, and not changed. */
export function General(props: AdminProps & { settings: ServerSettings; flagged: Flagged }) {
  const { view, settings, flagged } = props
  const { admin, page } = view.words
  const kinds = Object.entries(admin.roomMakerKinds)
  return (
    <AdminPage {...props} section="general">
      <form class="panel__form" method="post" action={view.paths.admin('general')}>
        <label class="field">
          {admin.name}
          <input
            name="name"
            value={flagged.name ?? settings.name}
            placeholder={view.serverName}
            disabled={flagged.name !== null}
            autocomplete="off"
            dir="auto"
          />
          <small>
            {flagged.name === null ? admin.nameNote : fill(admin.setByFlag, { flag: '--name' })}
          </small>
        </label>
        <label class="field">
          {admin.welcome}
          <input name="welcome" value={settings.welcome} autocomplete="off" dir="auto" />
          <small>{admin.welcomeNote}</small>
        </label>
        <label class="field">
          {admin.roomMakers}
          <select name="roomMakers">
            {kinds.map(([value, label]) => (
              <option value={value} selected={value === settings.roomMakers}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          {admin.privateMessages}
          <select name="privateMessages">
            {Object.entries(admin.privateKinds).map(([value, label]) => (
              <option value={value} selected={value === settings.privateMessages}>
                {label}
              </option>
            ))}
          </select>
          <small>{admin.privateNote}</small>
        </label>
        <button class="btn btn--fill" type="submit">
          {page.save}
        </button>
      </form>
    </AdminPage>
  )
}

/** The settings that flags set; null for those that the page may change. */
type Flagged = { name: string | null }
