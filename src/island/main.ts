import { listen } from './actions/arrivals'
import { assemble, markRead } from './actions/assemble'
import { watchAway } from './actions/away'
import { connect } from './net/connection'
import { createConnectionBar } from './net/connection-bar'
import { watchEmojiButton } from './emoji/emoji-button'
import { watchKeys } from './actions/keyboard'
import type { MessageTools } from './lazy/tools'
import { watchFinder } from './search/finder'
import { onFirstUse } from './lazy'
import { readPage } from './ui/page'
import type { Parts } from './app'
import { watchPanelLinks } from './actions/panel-links'
import { watchPeopleSearch } from './people/people'
import { leaveFor, send } from './actions/send'
import { forgetOnLogOut, startSignIn } from './people/sign-in'
import { watchHiding } from './timeline/slips'
import { openStorage } from './ui/storage'
import { suggestSoon } from './composer/suggest-soon'
import { showToast } from './ui/toast'

/** The browser's side: what must be instant. Everything else is HTML and htmx. */
const page = readPage()
const storage = openStorage(page)
if (document.getElementById('sign-in') !== null) startSignIn(page, storage)
else if (page.user !== null && document.getElementById('timeline') !== null) {
  const parts: Parts = assemble(page, storage, page.user, () => parts)
  start(parts)
}

/** Connects what was made with the reader and with the server. */
function start(parts: Parts): void {
  const { composer, outbox, page, storage, switching, timeline } = parts
  suggestSoon(parts.suggestions)
  watchPanelLinks(page, (path) => openPanel(parts, path))
  watchKeys(page, switching, {
    openPanel: (path) => openPanel(parts, path),
    openEmoji: watchEmojiButton(parts),
    openSearch: watchFinder(parts),
    leaveMode() {
      if (composer.reply() !== null) {
        composer.setReply(null)
        return true
      }
      const wasPrivate = composer.addressee() !== null
      if (wasPrivate) composer.setAddressee(null)
      return wasPrivate
    },
    markRead: () => markRead(parts),
    toEnd: timeline.toEnd,
    toUnread: parts.newLine.seek,
    onRow: (act, row) => withTools(parts, (tools) => tools.act(act, row)),
  })
  watchHiding(storage)
  watchPeopleSearch()
  const away = watchAway((frame) => send(parts, frame))
  const setBar = createConnectionBar(page, () => parts.connection?.retryNow())
  const state = (isOpen: boolean): void => {
    setBar(isOpen)
    composer.setConnected(isOpen)
  }
  parts.connection = connect(page, listen(parts, { greeted: away.greeted, state }))
  onRowButton((action, clientId) => {
    if (action === 'retry') return outbox.retry(clientId)
    outbox.discard(clientId)
    composer.focus()
  })
  onCopyCode((code) => withTools(parts, (tools) => tools.copy(code)))
  onReaction((row, emoji) => withTools(parts, (tools) => tools.react(row, emoji)))
  forgetOnLogOut(page, storage, outbox.size)
  timeline.start()
  onFirstUse(() => {
    const { device, media, panel, search, suggestions, tools } = parts
    // All that should still work when the server is away later.
    for (const part of [tools, suggestions, device, media, panel, search]) {
      void part().catch(() => {})
    }
  })
  watchMedia(parts)
}

/** Opens something in the dialog, or on a page of its own when that is not to be had. */
function openPanel(parts: Parts, path: string): void {
  parts.panel().then(
    (it) => void it.open(path),
    () => leaveFor(parts, path),
  )
}

/** Does something with the message tools, which may have to be fetched first. */
function withTools({ page, tools }: Parts, work: (tools: MessageTools) => void): void {
  tools().then(work, () => showToast(page.words.notConnected))
}

function onCopyCode(copy: (text: string) => void): void {
  document.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('.copy-code') : null
    if (button !== null) copy(button.parentElement?.textContent ?? '')
  })
}

/** An emoji under a message is one's own to set or to take back. */
function onReaction(act: (row: HTMLElement, emoji: string) => void): void {
  document.addEventListener('click', ({ target }) => {
    const chip = target instanceof Element ? target.closest<HTMLElement>('.reaction') : null
    const row = chip?.closest<HTMLElement>('.msg') ?? null
    if (chip !== null && row !== null) act(row, chip.dataset.emoji ?? '')
  })
}

/** Files are chosen, and pictures seen, by a part that may have to be fetched first. */
function watchMedia({ media, page }: Parts): void {
  document.addEventListener('click', (event) => {
    const target = event.target instanceof Element ? event.target : null
    const picture = target?.closest<HTMLAnchorElement>('.msg .pic') ?? null
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey
    const isClip = target?.closest('#clip') != null
    if (!isPlain || (picture === null && !isClip)) return
    event.preventDefault()
    media().then(
      (it) => (picture === null ? it.choose() : it.show(picture)),
      () => showToast(page.words.notConnected),
    )
  })
}

/** Retry and Discard stand on each failed row; one listener serves all. */
function onRowButton(act: (action: string, clientId: string) => void): void {
  document.addEventListener('click', ({ target }) => {
    const button =
      target instanceof Element ? target.closest<HTMLElement>('.msg [data-action]') : null
    const clientId = button?.closest('.msg')?.id.replace(/^message-\d+-/, '')
    if (button !== null && clientId !== undefined) act(button.dataset.action ?? '', clientId)
  })
}
