import { isLanguage, languageNames, languages } from '../../src/shared/languages'
import { HttpsLink } from './certificate'
import { PanelHeading, PanelLink } from '../page/panel'
import type { View } from '../view'

/**
 * The settings of this browser. What needs JavaScript is only in the dialog, not on the page of its
 * own (`isPage`).
 */
export function Settings({ view, isPage, mayAdminister, pushKey }: SettingsProps) {
  const { paths, words } = view
  const { title } = words.settings
  const ways = [
    [paths.profile(), words.page.profile],
    [paths.devices(), words.devices.title],
  ] as const
  return (
    <div class="stack" id="settings">
      <PanelHeading view={view} isQuiet>
        {title}
      </PanelHeading>
      <p class="settings__ways">
        {ways.map(([path, label]) =>
          isPage ? (
            <a class="btn" href={path}>
              {label}
            </a>
          ) : (
            <PanelLink look="btn" path={path}>
              {label}
            </PanelLink>
          ),
        )}
        {mayAdminister && (
          <a class="btn" href={paths.admin()}>
            {words.admin.title}
          </a>
        )}
      </p>
      <Preferences view={view} isPage={isPage} />
      {!isPage && <Signals view={view} />}
      {!isPage && pushKey !== null && <PushChoices view={view} pushKey={pushKey} />}
      {!isPage && <HistoryHere view={view} />}
    </div>
  )
}

type SettingsProps = {
  view: View
  isPage: boolean
  mayAdminister: boolean
  /** With which browsers subscribe; null where devices are not told of messages. */
  pushKey: string | null
}

const languageOptions = Object.fromEntries(
  languageNames.map((language) => [language, languages[language].name]),
)

/** Kept in cookies; in the dialog each choice takes effect at once. */
function Preferences({ view, isPage }: { view: View; isPage: boolean }) {
  const { page, settings } = view.words
  const { density, enter, theme } = view.preferences
  return (
    <form
      class="panel__form"
      method="post"
      action={view.paths.preferences()}
      hx-post={isPage ? undefined : view.paths.preferences()}
      hx-trigger="change, submit"
      hx-swap="none"
      hx-sync="queue last"
      data-later={settings.languageLater}
    >
      <input type="hidden" name="from" value="settings" />
      <Choice
        name="language"
        legend={page.language}
        options={languageOptions}
        chosen={view.language}
      />
      <Choice name="theme" legend={settings.theme} options={settings.themes} chosen={theme} />
      <Choice
        name="density"
        legend={settings.density}
        options={settings.densities}
        chosen={density}
      />
      <Choice name="enter" legend={settings.enter} options={settings.enters} chosen={enter} />
      {isPage && (
        <button class="btn btn--fill" type="submit">
          {page.save}
        </button>
      )}
    </form>
  )
}

/** Sound and notifications; the script fills in what this browser has chosen and supports. */
function Signals({ view }: { view: View }) {
  const { page, settings, volumes } = view.words
  return (
    <>
      <div id="set-volume">
        <Choice name="set-volume" legend={settings.sound} options={volumes} chosen="" />
      </div>
      <p class="settings__note" id="needs-https" hidden>
        {settings.noticesNeedHttps} <HttpsLink view={view} />
      </p>
      <label class="settings__row" id="set-notices" hidden>
        <input type="checkbox" /> {settings.notices}
      </label>
      <label class="settings__row">
        <input type="checkbox" id="set-hide-private-notes" /> {page.hidePrivate}
      </label>
    </>
  )
}

/** Whether this device is told of messages without an open page; shown by the script. */
function PushChoices({ view, pushKey }: { view: View; pushKey: string }) {
  const { push } = view.words
  return (
    <fieldset class="settings__group" id="push" data-key={pushKey} data-failed={push.failed} hidden>
      <legend>{push.heading}</legend>
      <label class="settings__row">
        <input type="checkbox" id="push-on" /> {push.onDevice}
      </label>
      <label class="settings__row">
        <input type="checkbox" id="push-text" /> {push.showsText}
      </label>
      <p class="settings__note">{push.onDeviceNote}</p>
    </fieldset>
  )
}

/** The copy of the history in this browser; filled in by the script. */
function HistoryHere({ view }: { view: View }) {
  const { settings } = view.words
  return (
    <fieldset class="settings__group" id="history-here">
      <legend>{settings.history}</legend>
      <label class="settings__row">
        <input type="checkbox" id="keep-history" /> {settings.keepHistory}
      </label>
      <label class="settings__row">
        <input type="checkbox" id="own-device" /> {settings.ownDevice}
      </label>
      <p
        class="settings__note"
        id="history-used"
        data-used={settings.used}
        data-none={settings.notKept}
      ></p>
      <button class="btn" id="clear-history" type="button" data-done={settings.cleared}>
        {settings.clearHistory}
      </button>
    </fieldset>
  )
}

type ChoiceProps = {
  name: string
  legend: string
  options: Record<string, string>
  chosen: string
}

function Choice({ name, legend, options, chosen }: ChoiceProps) {
  return (
    <fieldset class="choice-row">
      <legend>{legend}</legend>
      {Object.entries(options).map(([value, label]) => (
        <label lang={name === 'language' ? langOf(value) : undefined}>
          <input type="radio" name={name} value={value} checked={value === chosen} /> {label}
        </label>
      ))}
    </fieldset>
  )
}

function langOf(language: string): string {
  return isLanguage(language) ? languages[language].tag : ''
}
