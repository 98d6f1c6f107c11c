import type { View } from '../view'
import { Page } from './page'

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
