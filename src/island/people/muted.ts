import type { Muted } from '../app'
import type { Page } from '../ui/page'
import type { Storage } from '../ui/storage'

/** Opens the list of the muted. */
export function openMuted(page: Page, storage: Storage): Muted {
  const key = `muted.${page.user?.id}`
  const read = (): Set<number> => {
    const value = storage.read(key)
    return new Set(Array.isArray(value) ? value.filter((id) => typeof id === 'number') : [])
  }
  let muted = read()
  const decorate = (root: ParentNode): void => {
    for (const row of root.querySelectorAll<HTMLElement>('.msg')) {
      const isMuted = muted.has(Number(row.dataset.user))
      row.classList.toggle('msg--muted', isMuted)
      if (isMuted)
        row.querySelector('.msg__body')?.setAttribute('data-muted', page.words.mutedMessage)
    }
  }
  // A folded message opens with a click, for this once.
  document.addEventListener('click', ({ target }) => {
    const row = target instanceof Element ? target.closest('.msg--muted') : null
    row?.classList.remove('msg--muted')
  })
  return {
    decorate,
    has: (person) => muted.has(person),
    toggle(person) {
      muted = read()
      if (!muted.delete(person)) muted.add(person)
      storage.write(key, [...muted])
      decorate(document)
      return muted.has(person)
    },
  }
}
