import { element } from '../ui/dom'
import type { Storage } from '../ui/storage'

/** The name and picture of last time, at the door. */
export function prefill(storage: Storage): void {
  const person = storage.read('person')
  if (typeof person !== 'object' || person === null) return
  const fields = new Map<string, unknown>(Object.entries(person))
  const nickname = element('nickname', HTMLInputElement)
  const known = fields.get('nickname')
  if (nickname.value === '' && typeof known === 'string') {
    nickname.value = known
    nickname.select()
  }
  const picture = document.querySelector<HTMLInputElement>('#sign-in-form [name=picture]')
  const face = fields.get('picture')
  if (picture !== null && typeof face === 'string') picture.value ||= face
  for (const radio of document.querySelectorAll<HTMLInputElement>('#sign-in-form [name=avatar]')) {
    if (radio.value === fields.get('avatar')) radio.checked = true
  }
}
