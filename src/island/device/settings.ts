import { createPaths } from '../../shared/paths'
import { fill } from '../../shared/text'
import type { App } from '../app'
import { announce, element } from '../ui/dom'
import { fieldsOf } from '../ui/shape'
import { canKeep, type Storage } from '../ui/storage'
import { showToast } from '../ui/toast'
import type { ManagedCopy } from './device-copy'

/**
 * The forms of preferences send themselves (views/settings): here each choice takes effect before
 * the server has answered, in this tab and in the browser's others.
 */
export function watchPreferences({ page, storage }: App): void {
  const path = createPaths(page.base).preferences()
  const tabs = new BroadcastChannel('chatroom-preferences')
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
    const language = chosen ?? page.language
    if (ctx.response?.status !== 204) showToast(page.words.notConnected)
    else if (language !== page.language) changeLanguage(storage, ctx.sourceElement)
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
    paintFrame(theme)
  }
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches || document.hidden
  if (isCalm || document.startViewTransition === undefined) change()
  else document.startViewTransition(change).ready.catch(() => {})
}

/** The browser's own frame: the colour of the theme, or with Auto of each system theme its own. */
function paintFrame(theme: string): void {
  const metas = [...document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')]
  const papers = new Map(metas.map(({ dataset }) => [dataset.of, dataset.paper]))
  for (const meta of metas) meta.content = papers.get(theme) ?? meta.dataset.paper ?? ''
}

/** The text in the field survives a reload as a draft; files beside it would be lost. */
function changeLanguage(storage: Storage, form: Element): void {
  const { value } = element('content', HTMLTextAreaElement)
  const hasFiles = document.querySelector('#tray > li') !== null
  if (!hasFiles && (canKeep(storage) || value.trim() === '')) location.reload()
  else showToast(form.getAttribute('data-later') ?? '')
}

/** Fills in what only this browser knows. Sound and notices are the bell's: it is told. */
export function decorateSettings({ storage }: App): void {
  if (document.getElementById('settings') === null) return
  for (const radio of document.querySelectorAll<HTMLInputElement>('#set-volume input')) {
    mirror(radio, document.querySelector(`#volume [value=${radio.value}]`))
  }
  mirror(
    document.querySelector('#set-hide-private-notes'),
    document.querySelector('#hide-private-notes'),
  )
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

function mirror(control: HTMLInputElement | null, original: HTMLInputElement | null): void {
  if (control === null || original === null) return
  control.checked = original.checked
  control.addEventListener('change', () => original.click())
}

/** How much is copied to this device, whether more may be, and the button that clears it. */
export function decorateCopySettings({ page, storage }: App, copy: ManagedCopy): void {
  const keep = document.getElementById('keep-history')
  const own = document.getElementById('own-device')
  if (!(keep instanceof HTMLInputElement) || !(own instanceof HTMLInputElement)) return
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
    used.textContent = fill(sentence ?? '', { n, size })
  }
  const choose = (): void => {
    copy.keep(!keep.checked ? 'off' : own.checked ? 'all' : 'open')
    showUse()
  }
  keep.addEventListener('change', choose)
  own.addEventListener('change', choose)
  const clear = element('clear-history', HTMLButtonElement)
  clear.addEventListener('click', () => {
    copy.clear()
    showUse()
    announce(clear.dataset.done ?? '')
    showToast(clear.dataset.done ?? '')
  })
  showUse()
}
