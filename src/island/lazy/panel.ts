import { ifLoaded } from '../lazy'
import type { App, Panel } from '../app'
import { fill } from '../../shared/text'
import { announce, element } from '../ui/dom'
import { closeDrawers } from '../ui/drawers'
import { watchFaces } from '../people/face'
import { fetchHtml, swapIn } from '../net/htmx'
import { openDirect } from '../rooms/open-direct'
import { showToast } from '../ui/toast'

/** Makes the dialog for everything that is asked for now and then: rooms, a person, help. */
export function create(app: App): Panel {
  const { composer, page, switcher } = app
  const dialog = element('panel', HTMLDialogElement)
  watchFaces()
  const open = async (path: string): Promise<void> => {
    const html = await fetchHtml(page, path)
    const body = element('panel-body', HTMLElement)
    if (html !== null) await swapIn(html, body, 'innerHTML')
    else if (path.endsWith('/settings') && /\/\d+\//.test(path)) {
      // Without the server a room can still be saved from this browser.
      body.replaceChildren(element('export-away', HTMLTemplateElement).content.cloneNode(true))
    } else return showToast(page.words.notConnected)
    addZone(body)
    ifLoaded(app.device, (device) => device.decorate())
    closeDrawers()
    if (!dialog.open) dialog.showModal()
    const first = body.querySelector<HTMLElement>('[autofocus]')
    const any = body.querySelector<HTMLElement>('input:not([type=hidden]), a, button')
    const target = first ?? any
    target?.focus()
  }
  dialog.addEventListener('click', ({ target }) => {
    const action = target instanceof Element ? target.closest<HTMLElement>('[data-action]') : null
    const card = action?.closest<HTMLElement>('.card__ways')
    if (action == null || card == null) return
    dialog.close()
    if (action.dataset.action === 'mention') composer.insert(`@${card.dataset.name} `)
    else mute(app, card)
  })
  // The private conversation opens in this page instead of a new one.
  dialog.addEventListener(
    'submit',
    (event) => {
      const form = event.target instanceof Element ? event.target : null
      const card = form?.closest<HTMLElement>('.card__ways')
      if (card == null) return
      event.preventDefault()
      event.stopPropagation()
      dialog.close()
      void openDirect(page, Number(card.dataset.person)).then((room) => {
        if (room === null) showToast(page.words.notConnected)
        else void switcher.open(room)
      })
    },
    { capture: true },
  )
  return { open }
}

/** Files name the hours as the reader's clock does. */
function addZone(body: HTMLElement): void {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  for (const link of body.querySelectorAll<HTMLAnchorElement>('a[data-zoned]')) {
    link.search = new URLSearchParams({ tz: timeZone }).toString()
  }
}

function mute({ muted: people, page }: App, card: HTMLElement): void {
  const isMuted = people.toggle(Number(card.dataset.person))
  const { muted, unmuted } = page.words
  const sentence = fill(isMuted ? muted : unmuted, { name: card.dataset.name ?? '' })
  announce(sentence)
  showToast(sentence)
}
