import type { Page } from '../ui/page'
import type { Storage } from '../ui/storage'

/** Whom this person does not want to read; it is theirs alone and stays in this browser. */
export type Mute = {
  toggle: (person: number) => boolean
  has: (person: number) => boolean
  /** Folds the messages of muted people among rows that are about to be shown. */
  dress: (root: ParentNode) => void
}

/** Opens the list of the muted. */
export function openMute(page: Page, storage: Storage): Mute {
  const key = `muted.${page.user?.id}`
  const read = (): Set<number> => {
    const value = storage.read(key)
    return new Set(Array.isArray(value) ? value.filter((id) => typeof id === 'number') : [])
  }
  let muted = read()
  const dress = (root: ParentNode): void => {
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
    dress,
    has: (person) => muted.has(person),
    toggle(person) {
      muted = read()
      if (!muted.delete(person)) muted.add(person)
      storage.write(key, [...muted])
      dress(document)
      return muted.has(person)
    },
  }
}
