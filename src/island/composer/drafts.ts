import { fieldsOf, hasShape, readQuoted } from '../ui/shape'
import type { Reader } from '../ui/page'
import type { Storage } from '../ui/storage'

export type Drafts = ReturnType<typeof openDrafts>
export type Draft = ReturnType<typeof readDraft>
/** Who gets a private message, and in which direct room. */
export type Addressee = NonNullable<Draft['to']>

/** A person's drafts, by room; stored by name, as who lost the session may return under it. */
export function openDrafts({ id, nickname }: Reader, storage: Storage) {
  let prefix = ''
  const rename = (name: string): void => {
    // The name may have changed elsewhere, while no page was open.
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
  return {
    rename,
    mark(): void {
      const rooms = new Set(storage.keys(prefix).map((key) => key.slice(prefix.length)))
      for (const link of document.querySelectorAll<HTMLElement>('#rooms .item')) {
        const pencil = link.querySelector<HTMLElement>('.draft')
        const isOpen = link.hasAttribute('aria-current')
        if (pencil !== null) pencil.hidden = isOpen || !rooms.has(link.dataset.room ?? '')
      }
    },
    read: (room: number) => readDraft(storage.read(prefix + room)),
    save(room: number, draft: Draft, delayMs = 0): void {
      const isEmpty = draft.text.trim() === '' && draft.to === null && draft.reply === null
      const save = (): void => {
        if (isEmpty) storage.remove(prefix + room)
        else storage.write(prefix + room, draft)
      }
      clearTimeout(timer)
      if (delayMs === 0) save()
      else timer = setTimeout(save, delayMs)
    },
  }
}

/** A stored value is used only when it has the shape of a draft. */
function readDraft(value: unknown) {
  const { text, to, reply } = fieldsOf(value)
  const isPrivate = hasShape(to, { user: 'number', name: 'string', room: 'number' })
  const isPinned = fieldsOf(to).isPinned === true
  return {
    text: typeof text === 'string' ? text : '',
    to: isPrivate ? { user: to.user, name: to.name, room: to.room, isPinned } : null,
    reply: readQuoted(reply),
  }
}
