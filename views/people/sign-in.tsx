import { fill } from '../../src/shared/text'
import { HttpsLink } from '../settings/certificate'
import { Filled } from '../words/filled'
import { isFace, readyAvatars, Sentence, Stamp } from './avatar'
import { DoorFields, type DoorForm, DoorLead } from './door'
import { LanguageForm } from '../settings/preference-forms'
import { Page } from '../page/page'
import { TopBar } from '../page/top-bar'
import type { View } from '../view'

/** The page for visitors who are not signed in. */
export function SignInPage({ view, form, isSignedOut = false, known }: SignInPageProps) {
  const { devices, page } = view.words
  const { signInLead } = view.words.invitations
  const room = form.place?.name ?? null
  const lead =
    form.invitedBy !== null || view.door !== 'open' ? (
      <DoorLead view={view} form={form} room={room} />
    ) : room === null ? (
      page.signInLead
    ) : (
      <RoomIn text={signInLead} room={room} />
    )
  return (
    <Page view={view} title={page.signInTitle} user={null} isWhole>
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
          <p id="sign-in-lead">{lead}</p>
          {view.welcome !== '' && <p dir="auto">{view.welcome}</p>}
          {isSignedOut && (
            <p id="signed-out" role="status">
              <strong>{devices.signedOut}</strong> {devices.signedOutNote}
            </p>
          )}
          {known !== undefined && <Continue view={view} form={form} name={known} />}
          <SignIn view={view} form={form} />
          <HttpsLink view={view} look="btn" />
          <LanguageForm view={view} isSignIn />
        </dialog>
      </main>
    </Page>
  )
}

/** Lets somebody who was here over plain HTTP go on over HTTPS as the same person. */
function Continue({ view, form, name }: SignInProps & { name: string }) {
  const { https } = view.words
  return (
    <form class="go-on" method="post" action={view.paths.sessionContinue()}>
      <p>
        <Filled text={fill(https.continueLead, { name })} />
      </p>
      <PlaceFields place={form.place} />
      <button class="btn btn--fill" type="submit">
        <span>
          <Filled text={fill(https.continueAs, { name })} />
        </span>
      </button>
      <small>{https.continueNote}</small>
    </form>
  )
}

function PlaceFields({ place }: { place: Place | null }) {
  if (place === null) return null
  return (
    <>
      <input type="hidden" name="room" value={place.room} />
      {place.seq !== null && <input type="hidden" name="seq" value={place.seq} />}
    </>
  )
}

/** The sign-in form, which its own answer replaces. */
export function SignIn({ view, form }: SignInProps) {
  const action = view.paths.session()
  const { page } = view.words
  const nameProblem = form.isCodeWrong || form.isDoorProblem ? null : form.problem
  const isAsking = view.door === 'ask' && form.invitedBy === null
  const { joinButton } = view.words.invitations
  const room = form.place?.name ?? null
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
      <FirstSubmit />
      <PlaceFields place={form.place} />
      <NicknameField view={view} id="nickname" form={{ ...form, problem: nameProblem }} />
      {form.mayComeBack && <ComeBack view={view} form={form} />}
      <DoorFields view={view} form={form} />
      <AvatarChoice view={view} chosen={form.avatar} picture={form.picture} mayUpload={!isAsking} />
      <button class="btn btn--fill" type="submit">
        {isAsking ? view.words.door.ask : null}
        {!isAsking && (room === null ? page.enter : <RoomIn text={joinButton} room={room} />)}
      </button>
      {view.door !== 'open' && !form.mayComeBack && (
        <details class="come-back__more">
          <summary>{view.words.door.wasHere}</summary>
          <ComeBack view={view} form={form} />
        </details>
      )}
    </form>
  )
}

/** Enter presses the first submit button, which must not be a suggestion. */
export function FirstSubmit() {
  return <button class="vh" type="submit" tabindex={-1} aria-hidden="true"></button>
}

type SignInPageProps = SignInProps & {
  /** The session that this browser had was ended by another device, or not used for long. */
  isSignedOut?: boolean
  /** Who is signed in in this browser without HTTPS, which is used now. */
  known?: string | undefined
}

/** A room, perhaps a message in it, and its name if signing in joins it. */
export type Place = {
  room: number
  seq: number | null
  name: string | null
  /** By the link that was opened. */
  isInvited?: boolean
}

export type SignInForm = DoorForm & {
  nickname: string
  avatar: string
  /** The uploaded picture in base64; empty without one. */
  picture: string
  /** Where to go afterwards; null for the first room. */
  place: Place | null
  /** The name is taken, perhaps by the reader. */
  mayComeBack: boolean
  /** The problem is that of the recovery code. */
  isCodeWrong: boolean
  suggestions: string[]
}

type SignInProps = { view: View; form: SignInForm }

type NicknameForm = Pick<SignInForm, 'nickname' | 'problem' | 'suggestions'> & {
  /** What was wrong is in another field. */
  isDoorProblem?: boolean
}

/** A sentence with the name of a room in it. */
function RoomIn({ text, room }: { text: string; room: string }) {
  return (
    <span>
      <Sentence text={text}>
        <bdi>#{room}</bdi>
      </Sentence>
    </span>
  )
}

/** The field for a name; below it why the last one was refused, and free ones near it. */
export function NicknameField({ view, id, form }: { view: View; id: string; form: NicknameForm }) {
  const { page } = view.words
  const { nickname, problem, suggestions } = form
  return (
    <div class="field">
      <label for={id}>{page.nickname}</label>
      <input
        id={id}
        name="nickname"
        value={nickname}
        autocomplete="nickname"
        autocapitalize="off"
        spellcheck={false}
        dir="auto"
        autofocus={form.isDoorProblem !== true}
        required
        aria-invalid={problem === null ? undefined : 'true'}
        aria-describedby={problem === null ? `${id}-hint` : `${id}-problem`}
      />
      {problem === null ? (
        <small id={`${id}-hint`}>{page.nicknameHint}</small>
      ) : (
        <p class="problem" id={`${id}-problem`} role="alert">
          {problem}
        </p>
      )}
      {suggestions.length > 0 && <Suggestions view={view} suggestions={suggestions} />}
    </div>
  )
}

/** For those who have the name already. What was typed is not sent back to the page. */
function ComeBack({ view, form }: SignInProps) {
  const { devices } = view.words
  return (
    <div class="field come-back">
      <label for="code">{devices.isItYou}</label>
      <input
        id="code"
        name="code"
        dir="ltr"
        autocomplete="off"
        autocapitalize="characters"
        spellcheck={false}
        aria-invalid={form.isCodeWrong ? 'true' : undefined}
        aria-describedby={form.isCodeWrong ? 'code-problem' : 'code-hint'}
      />
      {form.isCodeWrong ? (
        <p class="problem" id="code-problem">
          {form.problem}
        </p>
      ) : (
        <small id="code-hint">{devices.codeHint}</small>
      )}
      <button class="btn" type="submit" name="back" value="yes">
        {devices.comeBack}
      </button>
    </div>
  )
}

function Suggestions({ view, suggestions }: { view: View; suggestions: string[] }) {
  return (
    <p class="suggestions">
      {view.words.page.suggestions}{' '}
      {suggestions.map((name) => (
        <button class="btn" type="submit" name="suggestion" value={name}>
          <bdi translate="no">{name}</bdi>
        </button>
      ))}
    </p>
  )
}

/** The choice of an avatar, with an uploaded picture if there is one. */
export function AvatarChoice({ view, chosen, picture, mayUpload = true }: AvatarChoiceProps) {
  const { words } = view
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
        {mayUpload && <OwnChoice view={view} chosen={chosen} />}
      </div>
      {mayUpload && <OwnFace view={view} picture={picture} />}
    </fieldset>
  )
}

type AvatarChoiceProps = { view: View; chosen: string; picture: string; mayUpload?: boolean }

/** The uploaded picture, hidden until there is one. */
function OwnChoice({ view, chosen }: { view: View; chosen: string }) {
  const { page } = view.words
  const isOwn = isFace(chosen)
  return (
    <label class="picks__own" title={page.ownFace} hidden={!isOwn}>
      <input type="radio" name="avatar" value={isOwn ? chosen : 'picture'} checked={isOwn} />
      <img class="av" src={isOwn ? view.paths.face(chosen) : undefined} alt="" />
      <span class="vh">{page.ownFace}</span>
    </label>
  )
}

/** Uploads a picture; needs JavaScript to shrink it. */
function OwnFace({ view, picture }: { view: View; picture: string }) {
  const { page } = view.words
  return (
    <div
      class="own-face needs-script"
      data-moves={page.faceAnimated}
      data-unreadable={page.faceUnreadable}
    >
      <input type="hidden" name="picture" value={picture} />
      <input
        class="own-face__file"
        type="file"
        accept="image/*"
        hidden
        aria-label={page.chooseFace}
      />
      <button class="btn own-face__choose" type="button">
        {page.chooseFace}
      </button>
      <p class="own-face__problem"></p>
    </div>
  )
}

/** The outline of a room behind the dialog. */
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
