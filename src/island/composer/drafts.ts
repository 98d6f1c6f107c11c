import { fieldsOf, readQuoted } from '../messages/outbox-entry'
import type { Person } from '../ui/page'
import type { Quoted } from '../timeline/quotes'
import type { Storage } from '../ui/storage'

export const draftSaveMs = 300

/** Whom a private message goes to, and through which direct room. */
export type Addressee = { user: number; name: string; room: number; isPinned: boolean }

/** What was begun in a room and not sent yet. */
export type Draft = { text: string; to: Addressee | null; reply: Quoted | null }

/** Keeps one draft per room over switches, reloads and sign-ins of the same person. */
export type Drafts = {
  read: (room: number) => Draft
  /** Saves at the next pause. */
  saveSoon: (room: number, draft: Draft) => void
  saveNow: (room: number, draft: Draft) => void
  /** Shows a pencil at every room in which something was begun. */
  mark: () => void
  /** The person is called otherwise now: what was begun goes on under the new name. */
  rename: (nickname: string) => void
}

/**
 * Opens the drafts of a person in this browser: by name, as whoever lost the session and comes back
 * under the same name is the same person here. The last name is kept with the person's id, because
 * it may have been changed elsewhere, while this page was away.
 */
export function openDrafts({ id, nickname }: Person, storage: Storage): Drafts {
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

/** Whatever stands in the storage is only believed when it has the shape of a draft. */
function readDraft(value: unknown): Draft {
  const fields = fieldsOf(value)
  const text = fields.get('text')
  const to = fieldsOf(fields.get('to'))
  const [user, name, room] = [to.get('user'), to.get('name'), to.get('room')]
  const isWhole = typeof user === 'number' && typeof name === 'string' && typeof room === 'number'
  return {
    text: typeof text === 'string' ? text : '',
    to: isWhole ? { user, name, room, isPinned: to.get('isPinned') === true } : null,
    reply: readQuoted(fields.get('reply')),
  }
}
