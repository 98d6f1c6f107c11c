import { languageNames, languages } from '../../src/shared/languages'
import type { View } from '../view'

/** The choice of a language, each by its own name. Before signing in it loads the page again. */
export function LanguageForm({ view, isSignIn }: { view: View; isSignIn?: boolean }) {
  const { language, paths, words } = view
  return (
    <form
      class="choice"
      id="language"
      method="post"
      action={paths.preferences()}
      hx-post={isSignIn === true ? undefined : paths.preferences()}
      hx-swap="none"
      data-later={words.settings.languageLater}
    >
      <fieldset>
        <legend>{words.page.language}</legend>
        {languageNames.map((each) => (
          <button
            class="btn"
            name="language"
            value={each}
            lang={languages[each].tag}
            aria-pressed={is(language === each)}
          >
            {languages[each].name}
          </button>
        ))}
      </fieldset>
    </form>
  )
}

/** The choice of a theme. */
export function ThemeForm({ view }: { view: View }) {
  const { paths, preferences, words } = view
  return (
    <form
      class="choice"
      method="post"
      action={paths.preferences()}
      hx-post={paths.preferences()}
      hx-swap="none"
      hx-sync="queue last"
    >
      <fieldset>
        <legend>{words.settings.theme}</legend>
        {Object.entries(words.settings.themes).map(([theme, label]) => (
          <button
            class="btn"
            name="theme"
            value={theme}
            aria-pressed={is(preferences.theme === theme)}
          >
            {label}
          </button>
        ))}
      </fieldset>
    </form>
  )
}

function is(pressed: boolean): 'true' | 'false' {
  return pressed ? 'true' : 'false'
}
