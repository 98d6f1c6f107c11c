import { plural } from '../../src/shared/text'
import type { Room } from '../../src/store/store'
import type { View } from '../view'

/** Links to the exports; the script adds the reader's time zone. */
export function ExportWays({ view, room, messages }: WaysProps) {
  const { roomFile } = view.words
  const ways = [
    [view.paths.exportText(room.id), roomFile.asText],
    [view.paths.exportPage(room.id), roomFile.asPage],
  ] as const
  return (
    <div class="export" id="export-room">
      {messages !== null && <p>{plural(view.language, messages, roomFile.howMany)}</p>}
      <p class="export__ways">
        {ways.map(([href, label]) => (
          <a class="btn" href={href} download data-zoned="">
            {label}
          </a>
        ))}
      </p>
      <small>{roomFile.pageNote}</small>
      <p class="settings__note" id="export-begun" role="status" data-said={roomFile.begun}></p>
    </div>
  )
}

type WaysProps = {
  view: View
  room: Room
  /** How many messages an export has; null when unknown. */
  messages: number | null
}
