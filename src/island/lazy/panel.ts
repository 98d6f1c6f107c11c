import { onSignedOut } from '../actions/connection'
import { ifLoaded } from '../lazy'
import type { Address, App, Panel } from '../app'
import { fetchHtml, type RequestContext, swapIn } from '../net/htmx'
import { latePaths } from '../../shared/paths'
import { fill } from '../../shared/text'
import { announce, closeDrawers, copyOf, copyText, element, onClick } from '../ui/dom'
import { watchFaces } from '../people/face'
import { endInvitation, receiveInvitation, watchInvitees } from '../rooms/invitations'
import { showToast } from '../ui/toast'

/** Makes the dialog for what is fetched now and then: rooms, settings, a person, help. */
export function create(app: App): Panel {
  const { composer, device, muted, page } = app
  const dialog = element('panel', HTMLDialogElement)
  const body = element('panel-body', HTMLElement)
  watchFaces()
  watchCode()
  watchCut()
  closeFromBeside()
  document.addEventListener('panel:close', () => dialog.close())
  // Browsers may keep the page as it was left, and Back leads to it: its panel is of before.
  addEventListener('pagehide', () => dialog.close())
  onClick(dialog, '[data-action=mention]', ({ dataset }) => {
    dialog.close()
    composer.mention(dataset.name ?? '')
  })
  onClick(dialog, '[data-action=mute]', ({ dataset: { name = '', person } }) => {
    dialog.close()
    const isMuted = muted.toggle(Number(person))
    ifLoaded(device, ({ renewPush }) => renewPush())
    showToast(fill(isMuted ? page.words.muted : page.words.unmuted, { name }))
  })
  watchInvitees(app)
  watchAnswers(app)
  return {
    offer: (place, href) => void app.holdKeys(offerRoom(app, place, href)),
    invited: (invitation) => receiveInvitation(app, invitation),
    invitationOver: endInvitation,
    renewDevices() {
      for (const place of document.querySelectorAll('#asked, #told, #door, #panel[open] #devices'))
        place.dispatchEvent(new Event('renew'))
    },
    show(isInside) {
      // Closed before the answer to something in it came, the dialog stays closed.
      if (!dialog.open && isInside) return
      // Files name the hours as the reader's clock does.
      const tz = Intl.DateTimeFormat().resolvedOptions().timeZone
      for (const link of body.querySelectorAll<HTMLAnchorElement>('a[data-zoned]'))
        link.search = new URLSearchParams({ tz, language: page.language }).toString()
      ifLoaded(device, ({ decorate }) => decorate())
      closeDrawers()
      if (!dialog.open) dialog.showModal()
      const first = body.querySelector<HTMLElement>('[autofocus]')
      const any = body.querySelector<HTMLElement>('input:not([type=hidden]), a, button')
      const target = first ?? any
      target?.focus()
    },
  }
}

/** What is requested without an answer, or with a refusal, is told. */
function watchAnswers(app: App): void {
  const { page } = app
  document.addEventListener('htmx:response:error', ({ detail: { ctx } }) => {
    if (ctx.response?.status === 401) onSignedOut(app)
    else onUnanswered(app, ctx)
  })
  document.addEventListener('htmx:error', ({ detail: { ctx } }) => {
    if (ctx?.target?.matches('.problem') === true)
      ctx.target.replaceChildren(page.words.notConnected)
    else if (ctx !== undefined) onUnanswered(app, ctx)
  })
}

function onUnanswered({ page, panel }: App, ctx: RequestContext): void {
  const { sourceElement, target } = ctx
  const isPanel = target?.id === 'panel-body'
  const sayAway = (): void => showToast(page.words.notConnected)
  if (isPanel) ctx.swap = 'none'
  if (isPanel && sourceElement.closest('#head') !== null) {
    // Without the server a room can still be saved from this browser.
    element('panel-body', HTMLElement).replaceChildren(copyOf('export-away'))
    panel().then(({ show }) => show(false), sayAway)
  } else if (isPanel || sourceElement.matches('.place')) sayAway()
}

/** Shows the way into a room in the dialog; somebody who is in it already opens it. */
async function offerRoom({ page, switcher }: App, { room, seq }: Address, href: string) {
  const fields = seq === undefined ? {} : { seq: String(seq) }
  const html = await fetchHtml(latePaths(page.base).joinRoom(room, fields))
  // The page says why it cannot be shown.
  if (html === null) return location.assign(href)
  if (html !== '') return swapIn(html, element('panel-body', HTMLElement), 'innerHTML')
  return seq === undefined ? switcher.open(room) : switcher.openAt(room, seq)
}

/** What is cut can be read: under the pointer, and name and topic of the room in its settings. */
function watchCut(): void {
  const named = new WeakSet<HTMLElement>()
  document.addEventListener('pointerover', ({ target }) => {
    let part = target instanceof HTMLElement ? target : null
    // The name in an element that is cut may be an element of its own.
    for (let n = 0; part !== null && n < 3; n += 1, part = part.parentElement) {
      const isCut = part.scrollWidth > part.clientWidth
      if (isCut && getComputedStyle(part).textOverflow === 'ellipsis') {
        named.add(part)
        part.title = part.textContent.trim()
      } else if (named.delete(part)) part.removeAttribute('title')
    }
  })
  onClick(document, '#head h1, #head > p', () =>
    document.querySelector<HTMLElement>('#head > a')?.click(),
  )
}

/** A press beside a dialog closes it, in browsers that do not know `closedby` as well. */
function closeFromBeside(): void {
  if ('closedBy' in HTMLDialogElement.prototype) return
  const dialogBeside = ({ target, clientX: x, clientY: y }: MouseEvent) => {
    if (!(target instanceof HTMLDialogElement)) return null
    const { left, right, top, bottom } = target.getBoundingClientRect()
    const isWithin = x >= left && x <= right && y >= top && y <= bottom
    return isWithin || !target.hasAttribute('closedby') ? null : target
  }
  let pressed: HTMLDialogElement | null = null
  document.addEventListener('pointerdown', (event) => (pressed = dialogBeside(event)))
  // A text that is selected from within to beside is no press there.
  document.addEventListener('click', (event) => {
    if (pressed !== null && dialogBeside(event) === pressed) pressed.close()
  })
}

/** Copies a recovery code or a link, and says so on its button. */
export function watchCode(): void {
  onClick(document, '[data-action=copy-code]', (button) => {
    const { code = '', done = '' } = button.dataset
    if (!copyText(code)) return
    button.textContent = done
    announce(done)
  })
}
