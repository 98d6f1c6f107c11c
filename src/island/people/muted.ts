import { onClick } from '../ui/dom'
import type { Page } from '../ui/page'
import type { Storage } from '../ui/storage'

export type Muted = ReturnType<typeof openMuted>

/** Opens the list of people whose messages this browser folds. */
export function openMuted({ user, words }: Page, storage: Storage) {
  const key = `muted.${user?.id}`
  const read = (): Set<number> => {
    const value = storage.read(key)
    return new Set(Array.isArray(value) ? value.filter((id) => typeof id === 'number') : [])
  }
  let muted = read()
  const decorate = (root: ParentNode): void => {
    for (const row of root.querySelectorAll<HTMLElement>('.msg')) {
      const isMuted = muted.has(Number(row.dataset.user))
      row.classList.toggle('msg--muted', isMuted)
      if (isMuted) row.querySelector('.msg__body')?.setAttribute('data-muted', words.mutedMessage)
    }
  }
  // A folded message opens with a click, for this once.
  onClick(document, '.msg--muted', (row) => row.classList.remove('msg--muted'))
  return {
    decorate,
    has: (person: number): boolean => muted.has(person),
    toggle(person: number): boolean {
      muted = read()
      if (!muted.delete(person)) muted.add(person)
      storage.write(key, [...muted])
      decorate(document)
      return muted.has(person)
    },
  }
}
