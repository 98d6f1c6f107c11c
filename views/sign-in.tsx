import { readyAvatars, Stamp } from './avatar'
import { LanguageForm } from './preference-forms'
import { Page } from './page'
import { TopBar } from './top-bar'
import type { View } from './view'
import type { Words } from './words'

/** Takes what was typed so far; gives the page for somebody without a name. */
export function SignInPage({ view, form }: SignInProps) {
  const { page } = view.words
  return (
    <Page view={view} title={page.signInTitle} user={null}>
      <Shell view={view} />
      <main>
        <dialog
          class="sign-in"
          id="sign-in"
          open
          closedby="none"
          aria-labelledby="sign-in-title"
          aria-describedby="sign-in-lead"
        >
          <h1 id="sign-in-title">{page.signInTitle}</h1>
          <p id="sign-in-lead">{page.signInLead}</p>
          <SignIn view={view} form={form} />
          <LanguageForm view={view} />
        </dialog>
      </main>
    </Page>
  )
}

/** Takes what was typed and what is wrong with it; gives the form, which is swapped by itself. */
export function SignIn({ view, form }: SignInProps) {
  const action = view.paths.session()
  const { page } = view.words
  return (
    <form
      id="sign-in-form"
      method="post"
      action={action}
      hx-post={action}
      hx-target="#sign-in-form"
      hx-swap="outerHTML"
      hx-disable="findAll button[type=submit]"
    >
      {/* Enter presses the first submit button, which must not be a suggestion. */}
      <button class="vh" type="submit" tabindex={-1} aria-hidden="true"></button>
      {form.room !== null && <input type="hidden" name="room" value={form.room} />}
      <NicknameField view={view} form={form} />
      <AvatarChoice words={view.words} chosen={form.avatar} />
      <button class="btn btn--fill" type="submit">
        {page.enter}
      </button>
    </form>
  )
}

export type SignInForm = {
  nickname: string
  avatar: string
  /** The room to open afterwards; null for the usual one. */
  room: number | null
  /** One sentence about what to change; null at first. */
  problem: string | null
  suggestions: string[]
}

type SignInProps = { view: View; form: SignInForm }

function NicknameField({ view, form }: SignInProps) {
  const { page } = view.words
  const { problem } = form
  return (
    <div class="field">
      <label for="nickname">{page.nickname}</label>
      <input
        id="nickname"
        name="nickname"
        value={form.nickname}
        autocomplete="nickname"
        autocapitalize="off"
        spellcheck={false}
        dir="auto"
        autofocus
        required
        aria-invalid={problem === null ? undefined : 'true'}
        aria-describedby={problem === null ? 'nickname-hint' : 'nickname-problem'}
      />
      {problem === null ? (
        <small id="nickname-hint">{page.nicknameHint}</small>
      ) : (
        <p class="problem" id="nickname-problem">
          {problem}
        </p>
      )}
      {form.suggestions.length > 0 && <Suggestions view={view} form={form} />}
    </div>
  )
}

function Suggestions({ view, form }: SignInProps) {
  return (
    <p class="suggestions">
      {view.words.page.suggestions}{' '}
      {form.suggestions.map((name) => (
        <button class="btn" type="submit" name="suggestion" value={name}>
          <bdi>{name}</bdi>
        </button>
      ))}
    </p>
  )
}

function AvatarChoice({ words, chosen }: { words: Words; chosen: string }) {
  const labels: Record<string, string> = words.avatars
  return (
    <fieldset>
      <legend>{words.page.avatar}</legend>
      <div class="picks">
        {readyAvatars.map((name) => (
          <label title={labels[name]}>
            <input type="radio" name="avatar" value={name} checked={name === chosen} />
            {name === 'letter' ? (
              <span class="av" aria-hidden="true" id="letter-preview">
                {words.page.letterSample}
              </span>
            ) : (
              <Stamp name={name} look="av" />
            )}
            <span class="vh">{labels[name]}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

/** The room behind the dialog: its outline only, since a stranger may see nothing of it. */
function Shell({ view }: { view: View }) {
  return (
    <div class="app" id="app" inert>
      <TopBar view={view} user={null} />
      <div class="rail rooms ghost">
        <i></i>
        <i></i>
        <i></i>
      </div>
      <div class="chat ghost">
        <i></i>
        <i></i>
        <i></i>
        <i></i>
        <i></i>
      </div>
      <div class="rail people ghost">
        <i></i>
        <i></i>
        <i></i>
      </div>
    </div>
  )
}
