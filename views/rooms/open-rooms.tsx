import { plural } from '../../src/shared/text'
import { limits } from '../../src/shared/limits'
import type { OpenRoom } from '../../src/store/store'
import { PanelForm } from '../page/panel'
import type { View } from '../view'

/** The list of open rooms, and the form to create a room. */
export function OpenRooms({ view, rooms }: { view: View; rooms: OpenRoom[] }) {
  const { page } = view.words
  return (
    <div class="stack">
      <h2 id="panel-title">{page.findRooms}</h2>
      <NewRoom view={view} />
      <h3>{page.openRooms}</h3>
      <ul class="choices">
        {rooms.map((room) => (
          <li>
            <span>
              <b>
                # <bdi>{room.name}</bdi>
              </b>{' '}
              <small>{plural(view.language, room.members, page.memberCount)}</small>
              <small dir="auto">{room.topic}</small>
            </span>
            {room.isMember ? (
              <a class="btn" href={view.paths.room(room.id)} data-room={room.id}>
                {page.open}
              </a>
            ) : (
              <PanelForm action={view.paths.members(room.id)} submit={page.join} look="inline" />
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}

function NewRoom({ view }: { view: View }) {
  const { page } = view.words
  return (
    <PanelForm action={view.paths.rooms()} submit={page.createRoom}>
      <div class="field">
        <label for="new-name">{page.roomName}</label>
        <input id="new-name" name="name" required dir="auto" autocomplete="off" />
      </div>
      <div class="field">
        <label for="new-topic">{page.topic}</label>
        <input
          id="new-topic"
          name="topic"
          dir="auto"
          autocomplete="off"
          maxlength={limits.topicUnitsMax}
        />
      </div>
      <fieldset class="ways">
        <legend class="vh">{page.whoCanJoin}</legend>
        <label>
          <input type="radio" name="kind" value="open" checked /> <b>{page.openRoom}</b>
          <small>{page.openRoomNote}</small>
        </label>
        <label>
          <input type="radio" name="kind" value="closed" /> <b>{page.closedRoom}</b>
          <small>{page.closedRoomNote}</small>
        </label>
      </fieldset>
    </PanelForm>
  )
}
