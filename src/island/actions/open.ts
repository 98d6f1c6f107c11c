import type { App } from '../app'
import { isTouch } from '../ui/keys'
import { showToast } from '../ui/toast'

/** Opens a path in the panel; when the panel cannot be fetched, as a page of its own. */
export function openPanel(app: App, path: string): void {
  app.panel().then(
    (panel) => void panel.open(path),
    () => leaveFor(app, path),
  )
}

/** Opens the palette at a search. */
export function openSearch(app: App, path: string): void {
  app.search().then(
    (palette) => void palette.open(path),
    () => leaveFor(app, path),
  )
}

function leaveFor({ connection, page }: App, path: string): void {
  if (connection.send({ type: 'ping' })) location.assign(path)
  else showToast(page.words.notConnected)
}

/** Opens the emoji panel at a button, to insert into the message. */
export function openEmojiForComposer(app: App, button: HTMLElement): void {
  openEmoji(app, button, app.composer.insert, () => {
    // With a hardware keyboard the caret waits in the field; on a phone a keyboard would open.
    if (!isTouch()) app.composer.focus()
  })
}

/** Opens the emoji panel at an element once it has loaded. */
export function openEmoji(
  { emoji, page }: App,
  opener: HTMLElement,
  pick: (emoji: string) => void,
  before?: () => void,
): void {
  emoji().then(
    (panel) => {
      before?.()
      panel.open(opener, pick)
    },
    () => showToast(page.words.notConnected),
  )
}
