import type { InvitationOnWire } from '../../shared/protocol'
import { fill } from '../../shared/text'
import type { App } from '../app'
import { closest, element, make, nodesOf } from '../ui/dom'
import { showToast } from '../ui/toast'

/** The reader is asked into a room, and hears of it unless they muted who asks. */
export function receiveInvitation(app: App, { room, by, why }: InvitationOnWire): void {
  const { muted, page, sound } = app
  if (muted.has(by.id)) return
  const sentence = fill(page.words.invitedYou, { name: by.nickname, room: `#${room.name}` })
  showToast(sentence)
  sound?.play('mention', { title: sentence, text: why, room: room.id, seq: null, isMeant: true })
}

/** An invitation is answered, here or elsewhere, or was taken back. */
export function endInvitation(room: number): void {
  const dialog = element('panel', HTMLDialogElement)
  const isShown = dialog.querySelector(`[data-invitation="${room}"]`) !== null
  for (const part of document.querySelectorAll(`[data-invitation="${room}"]`)) {
    const next = part.nextElementSibling?.querySelector('button')
    const hadFocus = part.contains(document.activeElement)
    part.remove()
    if (hadFocus) (next ?? element('open-rooms', HTMLElement)).focus()
  }
  if (isShown && dialog.querySelector('[data-invitation]') === null) dialog.close()
}

/** Helps to choose the people to invite. */
export function watchInvitees({ muted, page }: App): void {
  // Who is chosen was searched for: the next name begins anew.
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
      box.parentElement?.append(make('small', {}, ...nodesOf(fill(page.words.muted, { name }))))
    }
  })
}
