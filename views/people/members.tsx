import { can } from '../../src/shared/rights'
import { plural } from '../../src/shared/text'
import type { ListedPerson, Room, User } from '../../src/store/store'
import { ListSearch, MoreLink } from '../page/list'
import { PanelForm } from '../page/panel'
import { HostForm } from '../rooms/room-life'
import { roomTitle } from '../rooms/room-title'
import type { View } from '../view'
import { Avatar, Name } from './avatar'

/** All people of a room, page by page; its hosts make others hosts, and remove people. */
export function Members(props: MembersProps & { part: string }) {
  const { view, room, part } = props
  const { page } = view.words
  return (
    <div class="stack">
      <h2 id="panel-title">
        <bdi translate="no">{roomTitle(room)}</bdi>
      </h2>
      <p>{plural(view.language, room.members, page.memberCount)}</p>
      <ListSearch
        path={view.paths.roomPeople(room.id)}
        part={part}
        label={page.searchPeople}
        submit={page.find}
      />
      <div id="found">
        <MemberItems {...props} />
      </div>
    </div>
  )
}

export type MembersProps = {
  view: View
  room: Room
  user: User
  /** Ids of those who are hosts of the room. */
  hosts: ReadonlySet<number>
  people: ListedPerson[]
  /** The URL of the next page; null on the last one. */
  next: string | null
}

/** A page of the list, and the link to the next one. */
export function MemberItems({ view, room, user, hosts, people, next }: MembersProps) {
  const { page } = view.words
  return (
    <>
      {people.length === 0 && <p>{page.noneFound}</p>}
      <ul class="choices">
        {people.map((person) => (
          <li>
            <span class="choices__who">
              <Avatar user={person} size="small" /> <Name user={person} />
              {hosts.has(person.id) && <small> {page.host}</small>}
            </span>
            {can(room.rank, 'person.remove') && person.id !== user.id && (
              <PanelForm action={view.paths.remove(room.id)} submit={page.remove} look="danger">
                <input type="hidden" name="user" value={person.id} />
              </PanelForm>
            )}
            {can(room.rank, 'room.hand_over') && !isLast(hosts, person) && (
              <HostForm view={view} room={room} person={person.id} isHost={hosts.has(person.id)} />
            )}
          </li>
        ))}
      </ul>
      {next !== null && <MoreLink path={next}>{page.morePeople}</MoreLink>}
    </>
  )
}

/** The last host stays one until somebody else is. */
function isLast(hosts: ReadonlySet<number>, { id }: ListedPerson): boolean {
  return hosts.size === 1 && hosts.has(id)
}
