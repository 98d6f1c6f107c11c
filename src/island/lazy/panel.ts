import { ifLoaded } from '../lazy'
import type { App, Panel } from '../app'
import type { Muted } from '../people/people'
import type { Page } from '../ui/page'
import { fill } from '../../shared/text'
import { closeDrawers, closest, element, make, onClick } from '../ui/dom'
import { watchFaces } from '../people/face'
import { showToast } from '../ui/toast'

/** Makes the dialog for what is fetched now and then: rooms, settings, a person, help. */
export function create({ composer, device, muted, page }: App): Panel {
  const dialog = element('panel', HTMLDialogElement)
  const body = element('panel-body', HTMLElement)
  watchFaces()
  onClick(dialog, '[data-action=mention]', ({ dataset }) => {
    dialog.close()
    composer.mention(dataset.name ?? '')
  })
  onClick(dialog, '[data-action=mute]', ({ dataset: { name = '', person } }) => {
    dialog.close()
    const isMuted = muted.toggle(Number(person))
    showToast(fill(isMuted ? page.words.muted : page.words.unmuted, { name }))
  })
  watchInvitees(muted, page)
  return {
    show() {
      // Files name the hours as the reader's clock does.
      const tz = Intl.DateTimeFormat().resolvedOptions().timeZone
      for (const link of body.querySelectorAll<HTMLAnchorElement>('a[data-zoned]'))
        link.search = new URLSearchParams({ tz }).toString()
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

/** Who is chosen for an invitation was searched for: the next name begins anew. */
function watchInvitees(muted: Muted, { words }: Page): void {
  const clear = ({ target }: Event): void => {
    const box = closest(target, '#invitees input')
    if (!(box instanceof HTMLInputElement) || !box.checked) return
    const field = element('invite-names', HTMLInputElement)
    field.value = field.value.replace(/[^,，、;；]*$/, '')
  }
  // Before the list is requested anew.
  document.addEventListener('change', clear, { capture: true })
  // Whom this browser mutes the server does not know.
  document.addEventListener('htmx:after:swap', () => {
    for (const box of document.querySelectorAll<HTMLInputElement>('#invitees input:enabled')) {
      if (!muted.has(Number(box.value))) continue
      box.disabled = true
      const name = box.parentElement?.querySelector('bdi')?.textContent ?? ''
      box.parentElement?.append(make('small', {}, fill(words.muted, { name })))
    }
  })
}
