import type { Child } from 'hono/jsx'
import type { User } from '../../src/store/store'
import { Icon } from './icons'
import { Page } from './page'
import type { View } from '../view'

/** The empty dialog for panels that are fetched: rooms, a person, help. */
export function PanelDialog({ view }: { view: View }) {
  return (
    <dialog class="panel" id="panel" closedby="any" aria-labelledby="panel-title">
      <form method="dialog" class="panel__close">
        <button class="btn btn--icon" type="submit" title={view.words.page.close}>
          <Icon name="close" />
          <span class="vh">{view.words.page.close}</span>
        </button>
      </form>
      <div id="panel-body"></div>
    </dialog>
  )
}

/** A link whose panel opens in the dialog of the room's page; without a script it is a page. */
export function PanelLink({ path, look, id, keys, title, children }: PanelLinkProps) {
  return (
    <a
      class={look}
      id={id}
      href={path}
      hx-get={path}
      hx-target="#panel-body"
      hx-sync="#panel:replace"
      aria-keyshortcuts={keys}
      title={title}
    >
      {children}
    </a>
  )
}

/** A panel as a page of its own, for browsers without JavaScript. */
export function PanelPage({ view, user, title, look, renewsIn, children }: PanelPageProps) {
  return (
    <Page view={view} title={title} user={user} renewsIn={renewsIn} isWhole>
      <main class={look === undefined ? 'panel panel--page' : `panel panel--page ${look}`}>
        {children}
        <p>
          <a class="btn" href={view.paths.home()}>
            {view.words.page.back}
          </a>
        </p>
      </main>
    </Page>
  )
}

/**
 * The heading of a panel. Reading begins there, unless it is quiet: then in the first field. On a
 * page of its own it is the heading of the page.
 */
export function PanelHeading({ view, isQuiet = false, children }: HeadingProps) {
  if (view.isPage) return <h1>{children}</h1>
  if (isQuiet) return <h2 id="panel-title">{children}</h2>
  return (
    <h2 id="panel-title" tabindex={-1} autofocus>
      {children}
    </h2>
  )
}

/** The heading of a part of a panel. */
export function PartHeading({ view, children }: Omit<HeadingProps, 'isQuiet'>) {
  return view.isPage ? <h2>{children}</h2> : <h3>{children}</h3>
}

type HeadingProps = { view: View; isQuiet?: boolean; children: Child }

/** A form in a panel; a refusal is shown below it. */
export function PanelForm({ action, submit, children, look }: PanelFormProps) {
  return (
    <form
      class={look === undefined ? 'panel__form' : `panel__form ${look}`}
      method="post"
      action={action}
      hx-post={action}
      hx-target="find .problem"
      hx-swap="innerHTML"
    >
      {children}
      <button class={look === 'danger' ? 'btn' : 'btn btn--fill'} type="submit">
        {submit}
      </button>
      <p class="problem" role="alert"></p>
    </form>
  )
}

/** A form whose answer takes the place of the panel; on a page of its own it leads to a page. */
export function PanelSwap({ action, isPage, look, children }: PanelSwapProps) {
  return (
    <form
      class={look}
      method="post"
      action={action}
      hx-post={isPage ? undefined : action}
      hx-target={isPage ? undefined : '#panel-body'}
    >
      {children}
    </form>
  )
}

type PanelSwapProps = { action: string; isPage: boolean; look: string; children: Child }

type PanelLinkProps = {
  path: string
  look: string
  id?: string
  /** The keys that follow it. */
  keys?: string
  /** Says what it opens, if it shows an icon only. */
  title?: string
  children: Child
}

type PanelPageProps = {
  view: View
  user: User | null
  title: string
  look?: string | undefined
  /** Without JavaScript it reloads itself after so many seconds. */
  renewsIn?: number | undefined
  children: Child
}

type PanelFormProps = {
  action: string
  submit: string
  look?: 'danger' | 'inline'
  children?: Child
}
