import { fill, plural, sizeOf } from '../../src/shared/text'
import type { View } from '../view'
import type { ServerSettings } from '../../src/store/store'
import { Filled } from '../words/filled'
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
      <Limits view={view} flagged={flagged} />
    </AdminPage>
  )
}

/** What only flags set. */
function Limits({ view, flagged }: { view: View; flagged: Flagged }) {
  const { admin, door } = view.words
  const { labels } = admin.limits
  const days = plural(view.language, flagged.keepNamesDays, door.daysOf)
  const arrivals = flagged.arrivals ? admin.details.yes : admin.details.no
  const limits = [
    [labels.upload, sizeOf(flagged.uploadBytesMax), '--max-upload'],
    [labels.person, sizeOf(flagged.personBytesMax), '--max-per-person'],
    [labels.files, sizeOf(flagged.filesBytesMax), '--max-files'],
    [labels.keepNames, days, '--keep-names'],
    [labels.arrivals, arrivals, '--arrivals'],
  ] as const
  return (
    <section>
      <h3>{admin.limits.title}</h3>
      <dl class="keys" id="limits">
        {limits.map(([label, value, flag]) => (
          <>
            <dt>{label}</dt>
            <dd>
              {value}{' '}
              <small>
                <Filled text={fill(admin.setByFlag, { flag })} />
              </small>
            </dd>
          </>
        ))}
      </dl>
    </section>
  )
}

/** What flags set; no name where the page may change it. */
type Flagged = {
  name: string | null
  uploadBytesMax: number
  personBytesMax: number
  filesBytesMax: number
  keepNamesDays: number
  arrivals: boolean
}
