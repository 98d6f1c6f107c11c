import { pagePaths } from '../shared/paths'
import {
  editLast,
  openEmojiForComposer,
  openSearch,
  watchFiles,
  watchPanel,
  withTools,
} from './actions/open'
import { watchKeys } from './actions/keyboard'
import { receiveEvent, receiveHtml } from './actions/receive'
import {
  createConnectionBar,
  onDisconnected,
  onHello,
  onSignedOut,
  requestChanges,
} from './actions/connection'
import { onFailedRow, onSent, onUnsentChanged, sendMessage } from './actions/send-message'
import { createRoomSwitcher, onGrown, rescueEdits, showRoom } from './actions/rooms'
import type { App } from './app'
import { createComposer } from './composer/composer'
import { openDrafts } from './composer/drafts'
import { ifLoaded, lazyParts, loadLazy, onFirstUse, useLoaded } from './lazy'
import { createRequests, openOutbox } from './messages/outbox'
import { createConnection } from './net/connection'
import { openMuted } from './people/muted'
import { forgetEnded, forgetLeft, forgetOnLogOut } from './people/sign-in'
import { createRooms, markCurrent } from './rooms/rooms'
import { createPositions } from './timeline/positions'
import { createTimeline } from './timeline/timeline'
import { createNewLine, createReadMarker } from './timeline/unread'
import { createClock } from './ui/clock'
import { element, onClick, whenIdle } from './ui/dom'
import { holdKeys } from './ui/held-keys'
import { createTitle, type Page, type Reader, readPage } from './ui/page'
import { openStorage, type Storage } from './ui/storage'

// The page says what is needed until its script has started.
if (!('popover' in document.body && 'withResolvers' in Promise)) throw new Error('old')

/** The browser's side: what must be instant. Everything else is HTML and htmx. */
const page = readPage()
const storage = openStorage(page)
forgetLeft(page, storage)
if (document.getElementById('sign-in') !== null) {
  forgetEnded(storage)
  const faces = () => loadLazy(page, 'faces')
  ifLoaded(faces, ({ startSignIn, watchFaces }) => {
    startSignIn(storage)
    watchFaces()
  })
} else if (page.user !== null && document.getElementById('timeline') !== null) {
  start(createApp(page, storage, page.user))
} else if (page.user !== null) {
  // A panel as a page of its own.
  const panel = () => loadLazy(page, 'panel')
  ifLoaded(panel, ({ watchCode }) => watchCode())
  forgetOnLogOut(page, storage, () => 0)
}
document.getElementById('old')?.remove()

/** Makes the parts. What one needs of several others is a recipe in `actions/`. */
function createApp(page: Page, storage: Storage, reader: Reader): App {
  const clock = createClock(page)
  const title = createTitle(page)
  const connection = createConnection(page)
  const muted = openMuted(page, storage)
  const drafts = openDrafts(reader, storage)
  const rooms = createRooms(page, clock, title.setUnread)
  const positions = createPositions((room, after) => requestChanges(app, room, after))
  const timeline = createTimeline(
    { page, clock, muted, positions },
    {
      shown: (isJump) => showRoom(app, isJump),
      grown: () => onGrown(app),
      removing: (root) => rescueEdits(app, root),
      lines: () => ifLoaded(app.lines, ({ fold }) => app.timeline.foldBy(fold)),
    },
  )
  const newLine = createNewLine(page, (state) =>
    ifLoaded(app.reading, ({ setBar }) => setBar(state)),
  )
  const outbox = openOutbox(
    { connection, page, storage },
    {
      changed: (entry) => onUnsentChanged(app, entry),
      sent: (entry, accepted) => onSent(app, entry, accepted),
      upload: (entry) => ifLoaded(app.media, (media) => media.upload(entry)),
    },
  )
  const made = { clock, drafts, muted, page, positions, rooms, storage, timeline, title }
  const app: App = {
    ...{ ...made, connection, holdKeys, outbox, sound: null, deviceCopy: null },
    requests: createRequests({ page, connection }),
    composer: createComposer(page, drafts, {
      onSend: (message) => sendMessage(app, message),
      onChange: (room, text) => ifLoaded(app.people, ({ typing }) => typing.changed(room, text)),
      onUp: () => editLast(app),
    }),
    newLine,
    readMarker: createReadMarker({ connection, newLine, rooms, timeline }),
    switcher: createRoomSwitcher(() => app),
    ...lazyParts(page, () => app),
  }
  return app
}

/** Connects the parts with the reader and with the server. */
function start(app: App): void {
  const { composer, connection, outbox, page, storage, timeline } = app
  const setBar = createConnectionBar(page, connection.retryNow)
  let isFirst = true
  connection.open({
    onHello(hello) {
      onHello(app, hello, isFirst)
      isFirst = false
    },
    onEvent: (event) => receiveEvent(app, event),
    onHtml: (html, behind) => receiveHtml(app, html, behind),
    onState(isOpen) {
      setBar(isOpen)
      composer.setConnected(isOpen)
      if (isOpen) return
      onDisconnected(app)
      ifLoaded(app.network, ({ lost }) => lost())
    },
    onSignedOut: () => onSignedOut(app),
  })
  // The last input of a composition comes before its end.
  for (const type of ['input', 'compositionend'])
    element('content', HTMLTextAreaElement).addEventListener(type, (event) =>
      ifLoaded(app.suggestions, ({ look }) => look(event)),
    )
  const peopleSearch = element('people-search', HTMLInputElement)
  peopleSearch.addEventListener('input', () => ifLoaded(app.people, ({ show }) => show()))
  // Without a script the form leads to a page of its own.
  peopleSearch.form?.addEventListener('submit', (event) => event.preventDefault())
  element('rooms', HTMLElement).addEventListener('htmx:after:swap', () => {
    // The pencils of drafts are this browser's: a fetched list has none.
    app.drafts.mark()
    // Another room may have been opened since the list was requested.
    markCurrent(page, timeline.room())
  })
  watchKeys(app)
  watchClicks(app)
  watchFiles(app)
  watchHidingNotes(storage)
  forgetOnLogOut(page, storage, outbox.size)
  timeline.start()
  onFirstUse(() => {
    // These work without the server later, when they have been fetched before.
    const { device, media, network, panel, people, reading, search, suggestions, tools } = app
    const parts = [reading, tools, suggestions, device, media, panel, people, search, network]
    for (const part of parts) void part().catch(() => {})
    // The largest: its panel opens at once later.
    whenIdle(() => void app.emoji().catch(() => {}))
  })
}

/** Clicks whose behaviour needs a part that may have to be fetched first. */
function watchClicks(app: App): void {
  const { page } = app
  watchPanel(app)
  onClick(document, '.msg [data-action]', (button) => {
    const clientId = button.closest('.msg')?.id.replace(/^message-\d+-/, '') ?? ''
    onFailedRow(app, button.dataset.action ?? '', clientId)
  })
  onClick(document, '.msg .reaction', (chip) => {
    const row = chip.closest<HTMLElement>('.msg')
    if (row !== null) withTools(app, (tools) => tools.react(row, chip.dataset.emoji ?? ''))
  })
  onClick(document, '.msg .pic, #clip', (target, event) => {
    event.preventDefault()
    useLoaded(page, app.media, (media) =>
      target instanceof HTMLAnchorElement ? media.show(target) : media.choose(),
    )
  })
  onClick(document, '#finder', (_, event) => {
    event.preventDefault()
    openSearch(app, pagePaths(page.base).search())
  })
  const emojiButton = element('emoji-button', HTMLElement)
  emojiButton.addEventListener('click', () => openEmojiForComposer(app, emojiButton))
}

/** A switch for people who share their screen: private notes are hidden in rooms. */
function watchHidingNotes(storage: Storage): void {
  const box = element('hide-private-notes', HTMLInputElement)
  box.checked = storage.read('hides-private-notes') === true
  box.addEventListener('change', () => storage.write('hides-private-notes', box.checked))
}
