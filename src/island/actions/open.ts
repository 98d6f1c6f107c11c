import type { App, MessageTools } from '../app'
import { openCard, type RequestContext } from '../net/htmx'
import { closest, onClick } from '../ui/dom'
import { holdKeys } from '../ui/held-keys'
import { isTouch } from '../ui/keys'
import { useLoaded } from '../lazy'
import type { Page } from '../ui/page'
import { showToast } from '../ui/toast'

/** Opens the dialog when htmx has put a panel into it, and says so when there is no answer. */
export function watchPanel(app: App): void {
  const { page, panel } = app
  const isPanel = ({ target }: RequestContext): boolean => target?.id === 'panel-body'
  // Whether the panel that was requested is shown.
  let shown: unknown = false
  let end = (_: unknown): void => {}
  // After the swap htmx names the target as the source, where it replaced the source.
  let isInside = false
  document.addEventListener('htmx:before:request', ({ detail: { ctx } }) => {
    if (!isPanel(ctx)) return
    shown = false
    isInside = ctx.target?.contains(ctx.sourceElement ?? null) === true
    void holdKeys(new Promise((resolve) => (end = resolve)))
  })
  document.addEventListener('htmx:finally:request', ({ detail: { ctx } }) => {
    if (isPanel(ctx)) end(shown)
  })
  document.addEventListener('htmx:after:swap', ({ detail: { ctx } }) => {
    if (!isPanel(ctx) || ctx.swap === 'none') return
    shown = panel().then(
      ({ show }) => show(isInside),
      () => location.assign(ctx.request.action),
    )
  })
  // Rows are the same for all readers and hold no attributes of htmx.
  onClick(document, '.msg .mention[data-person]', ({ dataset }) =>
    openCard(page, Number(dataset.person)),
  )
  onClick(document, '.msg > .av, .msg__meta b', (part) => openAuthor(page, part))
}

/** Opens the card of who wrote a message. */
export function openAuthor(page: Page, part: HTMLElement): void {
  openCard(page, Number(part.closest<HTMLElement>('.msg')?.dataset.user))
}

const retryMs = 3_000

/** Files that are dropped or pasted before the part for them has come wait for it. */
export function watchFiles({ composer, media, page, timeline }: App): void {
  const take = (event: Event): void => {
    const { clipboardData, dataTransfer, target } = event as DragEvent & ClipboardEvent
    const data = dataTransfer ?? clipboardData
    const isText = clipboardData?.types.includes('text/plain') === true
    const isElsewhere = isText || closest(target, 'input, textarea:not(#content)') !== null
    if (event.defaultPrevented || data?.types.includes('Files') !== true) return
    if ((clipboardData != null && isElsewhere) || document.querySelector('dialog[open]') !== null)
      return
    event.preventDefault()
    const files = [...data.files]
    if (event.type === 'dragover') return
    const room = timeline.room()
    const give = (): Promise<unknown> =>
      media().then(
        (it) => {
          composer.setChoosing(false)
          it.addTo(room, files)
        },
        () => {
          showToast(page.words.notConnected)
          setTimeout(give, retryMs)
        },
      )
    // Enter waits for them.
    composer.setChoosing(true)
    void give()
  }
  for (const type of ['dragover', 'drop', 'paste']) addEventListener(type, take)
}

/** Opens the palette at a search; where it cannot be fetched, the page of that search. */
export function openSearch({ connection, page, search }: App, path: string): void {
  const leave = (): false => {
    if (connection.send({ type: 'ping' })) location.assign(path)
    else showToast(page.words.notConnected)
    return false
  }
  void holdKeys(search().then(({ open }) => open(path), leave))
}

/** Opens the emoji panel to insert into the message; on a phone without opening the keyboard. */
export function openEmojiForComposer(app: App, button: HTMLElement): void {
  if (!isTouch()) app.composer.focus()
  openEmoji(app, button, app.composer.insert)
}

export function openEmoji(app: App, opener: HTMLElement, pick: (emoji: string) => void): void {
  useLoaded(app.page, app.emoji, (panel) => panel.open(opener, pick))
}

/** Uses the tools for messages, or tells the reader that there is no connection. */
export function withTools({ page, tools }: App, use: (tools: MessageTools) => void): void {
  useLoaded(page, tools, use)
}

/** Edits my last message; false when there is none on the page. */
export function editLast(app: App): boolean {
  const own = document.querySelector('#timeline > .msg--own:not(.msg--pending)')
  if (own !== null) withTools(app, (tools) => tools.editLast())
  return own !== null
}
