import { fill } from '../../shared/text'
import type { App } from '../app'
import { markCurrent } from '../rooms/rooms'
import { element } from '../ui/dom'
import type { Title } from '../ui/page'
import { list, roomTitle } from '../ui/rows'
import { showToast } from '../ui/toast'
import { showUnsent } from './send-message'

/** Another list is on the page: unsent messages belong at its end, the new line into it. */
export function showRoom(app: App, isJump: boolean): void {
  const { newLine, outbox, readMarker, timeline } = app
  for (const entry of outbox.entries(timeline.room())) void showUnsent(app, entry)
  updateSurroundings(app)
  if (isJump) newLine.drop()
  else newLine.open()
  readMarker.check()
}

/** What stands around the list follows the room in it: composer, room list, title. */
export function updateSurroundings({ composer, drafts, page, timeline, title, typing }: App): void {
  const room = timeline.room()
  if (Number(element('composer', HTMLElement).dataset.room) !== room) {
    typing.stopped()
    typing.clear()
    composer.setRoom()
  }
  markCurrent(page, room)
  drafts.mark()
  title.setRoom()
  const label = fill(page.words.messagesIn, { room: roomTitle() })
  element('log', HTMLElement).setAttribute('aria-label', label)
}

/** The room on the page has another name; `shown` is what stands for it in the title. */
export function renameRoom(title: Title, name: string, shown: string): void {
  Object.assign(list().dataset, { name, title: shown })
  element('head', HTMLElement).querySelector('h1 bdi')?.replaceChildren(name)
  title.setRoom()
}

/** Everything in the room on the page has been read. */
export function markRead({ connection, newLine, positions, readMarker, timeline }: App): void {
  const room = timeline.room()
  newLine.drop()
  readMarker.resume()
  connection.send({ type: 'read', room, seq: positions.known(room) })
}

/** More messages are on the page. */
export function onGrown({ newLine, readMarker }: App): void {
  newLine.grown()
  readMarker.check()
}

/** The text of an unsaved edit goes into the composer before its row is removed. */
export function rescueEdits({ composer, page }: App, root: ParentNode): void {
  for (const field of root.querySelectorAll<HTMLTextAreaElement>('.editor')) {
    if (field.value === field.defaultValue || !composer.isEmpty()) continue
    composer.insert(field.value)
    showToast(page.words.editLost)
  }
}
