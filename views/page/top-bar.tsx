import { HttpsLink } from '../settings/certificate'
import { Filled } from '../words/filled'
import type { Child } from 'hono/jsx'
import { fill } from '../../src/shared/text'
import type { Room, User } from '../../src/store/store'
import { Avatar } from '../people/avatar'
import { Icon } from './icons'
import { PanelLink } from './panel'
import { LanguageForm, ThemeForm } from '../settings/preference-forms'
import type { View } from '../view'

/** The bar at the top; behind the sign-in dialog, without a user, it has no buttons. */
export function TopBar({ view, user, rooms = [] }: TopBarProps) {
  const { page } = view.words
  return (
    <header class="top">
      {user !== null && (
        <a class="skip" href="#content">
          {page.skip}
        </a>
      )}
      {user !== null && (
        <RailButton rail="rooms" icon="menu" label={page.rooms}>
          <Calls count={rooms.reduce((sum, { mentions }) => sum + mentions, 0)} />
        </RailButton>
      )}
      <a class="brand" href={view.paths.home()}>
        <span class="seal" aria-hidden="true" lang="zh">
          室
        </span>
        <span>{view.serverName}</span>
      </a>
      {user !== null && <Finder view={view} />}
      {user !== null && (
        <div class="top__end">
          <RailButton rail="people" icon="people" label={page.people} />
          <button
            class="btn btn--icon"
            id="bell"
            type="button"
            popovertarget="bell-menu"
            title={page.sound}
          >
            <Icon name="bell" />
            <span class="vh">{page.sound}</span>
          </button>
          <BellMenu view={view} />
          <button
            class="btn btn--icon opens-theme"
            type="button"
            popovertarget="theme-menu"
            title={view.words.settings.theme}
          >
            <Icon name="moon" />
            <span class="vh">{view.words.settings.theme}</span>
          </button>
          <div class="menu" id="theme-menu" popover="auto">
            <ThemeForm view={view} />
          </div>
          <button class="btn btn--icon" type="button" popovertarget="menu" title={page.menu}>
            <Avatar user={user} size="small" />
            <span class="vh">{page.menu}</span>
          </button>
          <Menu view={view} user={user} />
        </div>
      )}
    </header>
  )
}

function Finder({ view: { paths, words } }: { view: View }) {
  return (
    <a class="finder" id="finder" href={paths.search()} aria-keyshortcuts="Control+K">
      <Icon name="search" />
      <span>{words.search.placeholder}</span>
      <kbd aria-hidden="true">Ctrl K</kbd>
    </a>
  )
}

function Calls({ count }: { count: number }) {
  return (
    <span class="badge" id="calls" hidden={count === 0}>
      {count > 99 ? '99+' : count}
    </span>
  )
}

type TopBarProps = {
  view: View
  user: User | null
  /** Theirs, to count what is unread and meant for them. */
  rooms?: Room[]
}

type RailButtonProps = {
  rail: 'rooms' | 'people'
  icon: 'menu' | 'people'
  label: string
  children?: Child
}

function RailButton({ rail, icon, label, children }: RailButtonProps) {
  return (
    <button class={`btn btn--icon opens-${rail}`} type="button" popovertarget={rail} title={label}>
      <Icon name={icon} />
      <span class="vh">{label}</span>
      {children}
    </button>
  )
}

/** Sound and notifications; the script fills in what this browser has chosen and supports. */
function BellMenu({ view }: { view: View }) {
  const { https, page, volumes } = view.words
  return (
    <div class="menu" id="bell-menu" popover="auto">
      <fieldset class="choice-row" id="volume">
        <legend>{page.sound}</legend>
        {Object.entries(volumes).map(([volume, label]) => (
          <label>
            <input type="radio" name="volume" value={volume} /> {label}
          </label>
        ))}
      </fieldset>
      <p class="menu__note" id="sound-locked" hidden>
        {page.soundLocked}
      </p>
      <button class="btn menu__item" id="notices" type="button" hidden>
        {page.notices}
      </button>
      <HttpsLink view={view} look="btn menu__item" text={https.notices} />
      <label class="menu__item">
        <input type="checkbox" id="hide-private-notes" /> {page.hidePrivate}
      </label>
    </div>
  )
}

function Menu({ view, user }: { view: View; user: User }) {
  const { page } = view.words
  return (
    <div class="menu" id="menu" popover="auto">
      <p class="menu__who">
        <Avatar user={user} size="large" />
        <span>
          <span class="vh">
            <Filled text={fill(page.signedInAs, { name: '' })} />
          </span>
          <bdi translate="no">{user.nickname}</bdi>
        </span>
      </p>
      <LanguageForm view={view} />
      <div class="menu__theme">
        <ThemeForm view={view} />
      </div>
      <PanelLink look="btn menu__item" path={view.paths.profile()}>
        <Icon name="pencil" />
        {page.profile}
      </PanelLink>
      <PanelLink
        look="btn menu__item"
        id="open-settings"
        path={view.paths.ownSettings()}
        keys="Control+,"
      >
        <Icon name="gear" />
        {view.words.settings.title}
      </PanelLink>
      <PanelLink look="btn menu__item" id="open-help" path={view.paths.help()}>
        <Icon name="keyboard" />
        {page.keyboard}
      </PanelLink>
      <p class="menu__leave">
        <PanelLink look="btn menu__item" id="open-log-out" path={view.paths.logOut()}>
          <Icon name="leave" dir />
          {page.logOut}
        </PanelLink>
      </p>
    </div>
  )
}
