import type { ManagedCopy } from './device-copy'
import type { App } from '../app'
import { fill } from '../../shared/text'
import { announce, element } from '../ui/dom'
import { createPaths } from '../../shared/paths'
import { canKeep } from '../ui/storage'
import { showTheme } from '../ui/theme'
import { showToast } from '../ui/toast'

/**
 * Every choice of a form of preferences takes effect at once, here and in this browser's other
 * tabs, and is told to the server, which writes the cookies.
 */
export function watchPreferences(app: App): void {
  const tabs = new BroadcastChannel('chatroom-preferences')
  tabs.onmessage = ({ data }) => apply(String(data?.name), String(data?.value))
  const choose = (form: HTMLFormElement, name: string, value: string): void => {
    void save(app, name, value).then((isSaved) => {
      if (!isSaved) return showToast(app.page.words.notConnected)
      if (name === 'language') changeLanguage(app, form)
    })
    apply(name, value)
    tabs.postMessage({ name, value })
  }
  const path = createPaths(app.page.base).preferences()
  const formOf = (target: EventTarget | null): HTMLFormElement | null =>
    target instanceof Element ? target.closest<HTMLFormElement>(`form[action="${path}"]`) : null
  document.addEventListener('submit', (event) => {
    const form = formOf(event.target)
    const button = event.submitter
    if (form === null || !(button instanceof HTMLButtonElement) || button.name === '') return
    event.preventDefault()
    choose(form, button.name, button.value)
  })
  document.addEventListener('change', ({ target }) => {
    const form = formOf(target)
    if (form !== null && target instanceof HTMLInputElement) choose(form, target.name, target.value)
  })
}

/** On the page and on every control that shows the choice; a language waits for its words. */
function apply(name: string, value: string): void {
  if (name === 'theme') showTheme(value)
  else if (name === 'density' || name === 'enter') document.documentElement.dataset[name] = value
  else return
  if (name === 'enter') setEnterHint(value)
  for (const button of document.querySelectorAll(`.choice button[name=${name}]`)) {
    button.setAttribute('aria-pressed', String(button.getAttribute('value') === value))
  }
  for (const radio of document.querySelectorAll<HTMLInputElement>(`#settings [name=${name}]`)) {
    radio.checked = radio.value === value
  }
}

/** What a keyboard on the screen writes on the key. */
function setEnterHint(enter: string): void {
  element('content', HTMLTextAreaElement).enterKeyHint = enter === 'sends' ? 'send' : 'enter'
}

async function save({ page }: App, name: string, value: string): Promise<boolean> {
  const answer = await fetch(createPaths(page.base).preferences(), {
    method: 'POST',
    headers: { Accept: 'application/json' },
    body: new URLSearchParams({ [name]: value }),
  }).catch(() => null)
  return answer?.ok === true
}

/**
 * The words of a page are the server's; what was begun is kept as a draft while it is fetched. The
 * files that stand beside it would be lost.
 */
function changeLanguage({ storage }: App, form: HTMLFormElement): void {
  const { value } = element('content', HTMLTextAreaElement)
  const hasFiles = document.querySelector('#tray > li') !== null
  if (!hasFiles && (canKeep(storage) || value.trim() === '')) location.reload()
  else showToast(form.dataset.later ?? '')
}

/** Fills in what only this browser knows. Sound and notices are the bell's: it is told. */
export function dressSettings({ storage }: App): void {
  if (document.getElementById('settings') === null) return
  for (const radio of document.querySelectorAll<HTMLInputElement>('#set-volume input')) {
    const twin = document.querySelector<HTMLInputElement>(`#volume [value=${radio.value}]`)
    radio.checked = twin?.checked === true
    radio.addEventListener('change', () => twin?.click())
  }
  const bell = element('notices', HTMLButtonElement)
  const notices = element('set-notices', HTMLElement)
  element('needs-https', HTMLElement).hidden = !bell.hidden
  notices.hidden = bell.hidden
  const box = notices.querySelector('input')
  const show = (): void => {
    if (box !== null) box.checked = storage.read('notices') === true
  }
  show()
  box?.addEventListener('change', () => bell.click())
  // The browser may ask first, and the answer may be no.
  new MutationObserver(show).observe(bell, { attributes: true })
  mirror('set-hide-private-notes', 'hide-private-notes')
}

/** What is kept here of the talk, whether more of it may be, and the way to lose it. */
export function dressHistory({ page, storage }: App, copy: ManagedCopy): void {
  const keep = document.getElementById('keep-history')
  const own = document.getElementById('own-device')
  if (!(keep instanceof HTMLInputElement) || !(own instanceof HTMLInputElement)) return
  const used = element('history-used', HTMLElement)
  const show = (): void => {
    const keeping = copy.keeping()
    keep.checked = keeping !== 'off'
    own.checked = keeping === 'all'
    own.disabled = keeping === 'off'
    const { messages, units } = copy.usage()
    const [n, size] = [messages, Math.ceil(units / 1024)].map((count) =>
      count.toLocaleString(page.language),
    )
    const sentence = canKeep(storage) ? used.dataset.used : used.dataset.none
    used.textContent = fill(sentence ?? '', { n: n ?? '', size: size ?? '' })
  }
  const choose = (): void => {
    copy.keep(!keep.checked ? 'off' : own.checked ? 'all' : 'open')
    show()
  }
  keep.addEventListener('change', choose)
  own.addEventListener('change', choose)
  const clear = element('clear-history', HTMLButtonElement)
  clear.addEventListener('click', () => {
    copy.clear()
    show()
    announce(clear.dataset.done ?? '')
    showToast(clear.dataset.done ?? '')
  })
  show()
}

function mirror(id: string, original: string): void {
  const [box, twin] = [element(id, HTMLInputElement), element(original, HTMLInputElement)]
  box.checked = twin.checked
  box.addEventListener('change', () => twin.click())
}
