import { latePaths } from '../../shared/paths'
import { fill } from '../../shared/text'
import type { App, Device, Sound } from '../app'
import { type ManagedCopy, openDeviceCopy } from '../device/device-copy'
import { decorateExport } from '../device/export-here'
import { closeNotices, startInstalled } from '../device/installed'
import { decoratePush, renewPush } from '../device/push-settings'
import { createSound } from '../device/sound'
import { isMeant } from '../rooms/rooms'
import { element, nodesOf } from '../ui/dom'
import { placeOf, textOf } from '../ui/rows'
import { fieldsOf } from '../ui/shape'
import { canKeep, type Storage } from '../ui/storage'
import { showToast } from '../ui/toast'

/** Preferences, sound and the device copy; each choice takes effect at once. */
export function create(app: App): Device {
  welcomeBack(app)
  watchPreferences(app)
  const copy = openDeviceCopy(app)
  const sound = createSound(app.page, app.storage)
  app.sound = { ...sound, hear: (row) => hear(app, sound, row) }
  app.deviceCopy = {
    ...copy,
    onEvent(event) {
      copy.onEvent(event)
      if (event.type === 'read') void closeNotices(event.room)
    },
  }
  startInstalled(app)
  void renewPush(app)
  return {
    renewPush: () => void renewPush(app),
    decorate() {
      if (document.getElementById('settings') !== null) {
        decorateSettings(app)
        decorateCopySettings(app, copy)
        decoratePush(app)
      }
      decorateExport(app, copy)
    },
  }
}

const pauseMs = 30 * 60_000

function welcomeBack({ page, storage }: App): void {
  const seenAt = Number(storage.read('seen'))
  storage.write('seen', Date.now())
  if (page.user === null || !(seenAt > 0) || Date.now() - seenAt < pauseMs) return
  showToast(fill(page.words.welcomeBack, { name: page.user.nickname }))
}

/** Each choice takes effect before the server has answered, in the browser's other tabs as well. */
function watchPreferences({ page, storage }: App): void {
  const path = latePaths(page.base).preferences()
  const tabs = new BroadcastChannel(`chatroom-preferences-${page.instance}`)
  tabs.onmessage = ({ data }) => show(fieldsOf(data))
  document.addEventListener('htmx:config:request', ({ detail }) => {
    const { action, body } = detail.ctx.request
    if (action !== path) return
    const chosen = Object.fromEntries(body instanceof FormData ? body : [])
    show(chosen)
    tabs.postMessage(chosen)
  })
  document.addEventListener('htmx:finally:request', ({ detail: { ctx } }) => {
    const { action, body } = ctx.request
    if (action !== path) return
    const chosen = body instanceof URLSearchParams ? body.get('language') : null
    if (ctx.response?.status !== 204) showToast(page.words.notConnected)
    else if (chosen !== null && chosen !== page.language) changeLanguage(storage, ctx.sourceElement)
  })
}

/** On the page and on every control that shows the choice; a language needs another page. */
function show(chosen: Record<string, unknown>): void {
  for (const name of ['theme', 'density', 'enter'] as const) {
    const value = chosen[name]
    if (typeof value !== 'string') continue
    if (name === 'theme') showTheme(value)
    else document.documentElement.dataset[name] = value
    // What a keyboard on the screen writes on the key.
    const hint = value === 'sends' ? 'send' : 'enter'
    if (name === 'enter') element('content', HTMLTextAreaElement).enterKeyHint = hint
    for (const button of document.querySelectorAll(`.choice button[name=${name}]`)) {
      button.setAttribute('aria-pressed', String(button.getAttribute('value') === value))
    }
    for (const radio of document.querySelectorAll<HTMLInputElement>(`#settings [name=${name}]`)) {
      radio.checked = radio.value === value
    }
  }
}

/** Puts a theme on the page: one fades into the other, unless less motion is asked for. */
function showTheme(theme: string): void {
  const root = document.documentElement
  if (theme === (root.dataset.theme ?? 'auto')) return
  const change = (): void => {
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme
    else delete root.dataset.theme
    // The browser's own frame: with Auto each system theme has its own colour.
    const metas = [...document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')]
    const paper = metas.find(({ dataset }) => dataset.of === theme)?.dataset.paper
    for (const meta of metas) meta.content = paper ?? meta.dataset.paper ?? ''
  }
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches || document.hidden
  if (isCalm || document.startViewTransition === undefined) change()
  else document.startViewTransition(change).ready.catch(() => {})
}

/** The text in the field survives a reload as a draft; files beside it would be lost. */
function changeLanguage(storage: Storage, form: Element): void {
  const { value } = element('content', HTMLTextAreaElement)
  const hasFiles = document.querySelector('#tray > li') !== null
  if (!hasFiles && (canKeep(storage) || value.trim() === '')) location.reload()
  else showToast(form.getAttribute('data-later') ?? '')
}

/** Sound and notices are the bell's, which these controls show and click. */
function decorateSettings({ storage }: App): void {
  const inputs = '#set-volume input, #set-hide-private-notes'
  for (const input of document.querySelectorAll<HTMLInputElement>(inputs)) {
    const original =
      input.type === 'radio' ? `#volume [value=${input.value}]` : '#hide-private-notes'
    const bells = document.querySelector<HTMLInputElement>(original)
    input.checked = bells?.checked === true
    input.addEventListener('change', () => bells?.click())
  }
  const bell = element('notices', HTMLButtonElement)
  const notices = element('set-notices', HTMLElement)
  element('needs-https', HTMLElement).hidden = !bell.hidden
  notices.hidden = bell.hidden
  const box = notices.querySelector('input')
  const showChoice = (): void => {
    if (box !== null) box.checked = storage.read('notices') === true
  }
  showChoice()
  box?.addEventListener('change', () => bell.click())
  // The browser may ask first, and the answer may be no.
  new MutationObserver(showChoice).observe(bell, { attributes: true })
}

function decorateCopySettings({ page, storage }: App, copy: ManagedCopy): void {
  const keep = element('keep-history', HTMLInputElement)
  const own = element('own-device', HTMLInputElement)
  const used = element('history-used', HTMLElement)
  const showUse = (): void => {
    const keeping = copy.keeping()
    keep.checked = keeping !== 'off'
    own.checked = keeping === 'all'
    own.disabled = keeping === 'off'
    const { messages, units } = copy.usage()
    const sentence = canKeep(storage) ? used.dataset.used : used.dataset.none
    const n = messages.toLocaleString(page.language)
    const size = Math.ceil(units / 1024).toLocaleString(page.language)
    used.replaceChildren(...nodesOf(fill(sentence ?? '', { n, size })))
  }
  showUse()
  element('history-here', HTMLElement).addEventListener('change', () => {
    copy.keep(!keep.checked ? 'off' : own.checked ? 'all' : 'open')
    showUse()
  })
  const clear = element('clear-history', HTMLButtonElement)
  clear.addEventListener('click', () => {
    copy.clear()
    showUse()
    showToast(clear.dataset.done ?? '')
  })
}

/** A sound for a message that the reader does not see arrive and wants to hear about. */
function hear(app: App, sound: Pick<Sound, 'play'>, row: HTMLElement): void {
  const { muted, page, readMarker, rooms, timeline } = app
  const room = rooms.find(placeOf(row).room)
  const isSeen = room?.id === timeline.room() && readMarker.isWatched()
  if (room === undefined || isSeen || muted.has(Number(row.dataset.user))) return
  const meant = isMeant(page, row, room)
  if (room.notify === 'nothing' || (room.notify === 'mentions' && !meant)) return
  const kind = room.kind === 'direct' ? 'private' : meant ? 'mention' : 'talk'
  const name = row.querySelector('.msg__meta bdi')?.textContent ?? ''
  const inRoom = fill(page.words.noticeTitle, { name, room: room.name })
  const title = room.kind === 'direct' ? name : inRoom
  const { seq } = placeOf(row)
  sound.play(kind, { title, text: textOf(row), room: room.id, seq, isMeant: meant })
}
