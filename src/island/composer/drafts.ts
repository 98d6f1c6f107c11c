import type { Draft, Drafts } from '../app'
import { fieldsOf, hasShape, readQuoted } from '../ui/shape'
import type { Reader } from '../ui/page'
import type { Storage } from '../ui/storage'

const draftSaveMs = 300

/**
 * Opens the drafts of a person in this browser: by name, as whoever lost the session and comes back
 * under the same name is the same person here. The last name is kept with the person's id, because
 * it may have been changed elsewhere, while this page was away.
 */
export function openDrafts({ id, nickname }: Reader, storage: Storage): Drafts {
  let prefix = `draft.${nickname}.`
  const rename = (name: string): void => {
    const before = storage.read(`called.${id}`)
    prefix = `draft.${name}.`
    if (before === name) return
    storage.write(`called.${id}`, name)
    if (typeof before !== 'string') return
    for (const key of storage.keys(`draft.${before}.`)) {
      storage.write(prefix + key.slice(`draft.${before}.`.length), storage.read(key))
      storage.remove(key)
    }
  }
  rename(nickname)
  let timer: Timer | undefined
  const mark = (): void => {
    const rooms = new Set(storage.keys(prefix).map((key) => key.slice(prefix.length)))
    for (const link of document.querySelectorAll<HTMLElement>('#rooms .item')) {
      const pencil = link.querySelector<HTMLElement>('.draft')
      const isOpen = link.getAttribute('aria-current') !== null
      if (pencil !== null) pencil.hidden = isOpen || !rooms.has(link.dataset.room ?? '')
    }
  }
  const saveNow = (room: number, draft: Draft): void => {
    clearTimeout(timer)
    const isEmpty = draft.text.trim() === '' && draft.to === null && draft.reply === null
    if (isEmpty) storage.remove(prefix + room)
    else storage.write(prefix + room, draft)
  }
  return {
    mark,
    rename,
    saveNow,
    read: (room) => readDraft(storage.read(prefix + room)),
    saveSoon(room, draft) {
      clearTimeout(timer)
      timer = setTimeout(() => saveNow(room, draft), draftSaveMs)
    },
  }
}

const addresseeShape = { user: 'number', name: 'string', room: 'number' } as const

/** A stored value is used only when it has the shape of a draft. */
function readDraft(value: unknown): Draft {
  const { text, to, reply } = fieldsOf(value)
  const isPinned = fieldsOf(to).isPinned === true
  return {
    text: typeof text === 'string' ? text : '',
    to: hasShape(to, addresseeShape)
      ? { user: to.user, name: to.name, room: to.room, isPinned }
      : null,
    reply: readQuoted(reply),
  }
}
