import { languages, pageLanguageHeader } from '../../src/shared/languages'
import type { Child } from 'hono/jsx'
import type { User } from '../../src/store/store'
import { SpoilerName } from '../text/text'
import { Icon, IconSymbols } from './icons'
import type { View } from '../view'

/** The whole document around its children. */
export function Page(props: PageProps) {
  const { view, title, user, epoch, renewsIn, children } = props
  const { isOffline = false, isWhole = false } = props
  const { density, enter, theme } = view.preferences
  return (
    <html
      lang={languages[view.language].tag}
      data-theme={theme === 'auto' ? undefined : theme}
      data-density={density}
      data-enter={enter}
    >
      <Head {...{ view, title, renewsIn, isOffline, isWhole }} />
      <body
        data-base={view.paths.base}
        data-words={
          // As an entity a quote takes six bytes: 2 KB in each page. No sentence has a `.
          JSON.stringify(view.words.live).replaceAll('"', '`')
        }
        data-language={view.language}
        data-instance={view.instance}
        data-user={user?.id}
        data-nickname={user?.nickname}
        data-epoch={epoch}
        data-build={view.build}
        data-icon={view.assets.icon}
        data-icon-unread={view.assets.iconUnread}
        data-lazy={JSON.stringify(view.assets.lazy)}
        hx-headers:inherited={JSON.stringify({ [pageLanguageHeader]: view.language })}
      >
        <IconSymbols />
        {children}
        {user !== null && <SpoilerName words={view.words} />}
        <aside class="old" id="old">
          {view.words.page.noLiveScript}
        </aside>
        <p class="vh" id="status" role="status" aria-live="polite"></p>
        <p class="vh" id="alert" role="alert"></p>
      </body>
    </html>
  )
}

type PageProps = {
  view: View
  title: string
  /** The signed-in user; null on pages without sign-in. */
  user: User | null
  /** The database's epoch, on a page that opens a socket. */
  epoch?: string
  /** Without JavaScript it reloads itself after so many seconds, as what it shows changes. */
  renewsIn?: number | undefined
  /** It shows what other pages load lazily, so it needs those styles too. */
  isWhole?: boolean
  /** It is shown when the server is away, and has a script of its own. */
  isOffline?: boolean
  children: Child
}

type HeadProps = Pick<PageProps, 'view' | 'title' | 'renewsIn'> & {
  isWhole: boolean
  isOffline: boolean
}

function Head({ view, title, renewsIn, isOffline, isWhole }: HeadProps) {
  const { assets, serverName, paths } = view
  const { theme } = view.preferences
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content={viewport} />
      <title>{`${title} · ${serverName}`}</title>
      <meta name="color-scheme" content="light dark" />
      {systemThemes.map((system) => (
        <meta
          name="theme-color"
          content={paper[theme === 'auto' ? system : theme]}
          media={`(prefers-color-scheme: ${system})`}
          data-of={system}
          data-paper={paper[system]}
        />
      ))}
      <meta name="referrer" content="same-origin" />
      <meta name="htmx-config" content={htmxConfig} />
      {renewsIn !== undefined && (
        <noscript>
          <meta http-equiv="refresh" content={String(renewsIn)} />
        </noscript>
      )}
      <link rel="icon" href={assets.icon} type="image/svg+xml" />
      <link rel="manifest" href={paths.manifest()} />
      <link rel="stylesheet" href={assets.css} />
      {isWhole && <link rel="stylesheet" href={assets.lazy['lazy.css']} />}
      {(isOffline ? [assets.offline] : [assets.htmx, assets.island]).map((script) => (
        <script src={script} defer></script>
      ))}
    </head>
  )
}

/** A whole page for a problem. */
export function ProblemPage({ view, sentence }: { view: View; sentence: string }) {
  const { page } = view.words
  return (
    <Page view={view} title={page.problemTitle} user={null}>
      <main class="apology">
        <span class="seal" aria-hidden="true" lang="zh">
          室
        </span>
        <h1>{page.problemTitle}</h1>
        <p>{sentence}</p>
        <a class="btn btn--fill" href={view.paths.home()}>
          {page.back}
        </a>
      </main>
    </Page>
  )
}

/** What the service worker shows when the server is away: the script fills in the device's copy. */
export function OfflinePage({ view }: { view: View }) {
  const { push } = view.words
  return (
    <Page view={view} title={push.away} user={null} isOffline isWhole>
      <main class="away" data-none={push.nothingKept}>
        <header class="away__head">
          <h1>{push.away}</h1>
          <p id="away-note">{push.awayNote}</p>
          <button class="btn btn--fill" id="away-retry" type="button">
            {view.words.page.retryNow}
          </button>
        </header>
        <nav class="away__rooms" id="away-rooms" aria-label={view.words.page.rooms}></nav>
        <section class="away__log" id="away-log" tabindex={0} aria-live="off"></section>
      </main>
    </Page>
  )
}

/** A problem as a fragment of a page. */
export function Problem({ sentence }: { sentence: string }) {
  return (
    <p class="problem" role="alert">
      <Icon name="alert" />
      {sentence}
    </p>
  )
}

/** Colours of the browser's own frame: those of --paper in tokens.css. */
const systemThemes = ['light', 'dark'] as const
const paper = { light: '#f5f2ec', dark: '#12151b' }

const viewport =
  'width=device-width,initial-scale=1,viewport-fit=cover,interactive-widget=resizes-content'

// The page's policy forbids the inline styles of htmx.
const htmxConfig = JSON.stringify({
  // A fold that the reader opened stays open when its list is fetched again.
  morphIgnore: ['data-htmx-powered', 'open'],
  prefix: '',
  // Of src/island/net/htmx.ts; no other may register itself.
  extensions: 'chatroom',
  // The island handles Back and Forward.
  history: false,
  includeIndicatorCSS: false,
  defaultTimeout: 10_000,
  // What stands around a list follows it at once, and no row has the looks of another first.
  defaultSettleDelay: 0,
})
