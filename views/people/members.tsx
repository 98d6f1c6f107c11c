import { can } from '../../src/shared/rights'
import { plural } from '../../src/shared/text'
import type { ListedPerson, Room, User } from '../../src/store/store'
import { ListSearch, MoreLink } from '../page/list'
import { ReasonField } from '../administration/admin-page'
import { PanelForm, PanelHeading, PartHeading } from '../page/panel'
import { MuteLink } from '../rooms/holds'
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
      <PanelHeading view={view} isQuiet>
        <bdi translate="no">{roomTitle(room)}</bdi>
      </PanelHeading>
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
  /** The ids of those whom the reader may mute there. */
  mutable: number[]
  isPage: boolean
  /** The URL of the next page; null on the last one. */
  next: string | null
}

/** A page of the list, and the link to the next one. */
export function MemberItems(props: MembersProps) {
  const { view, room, user, hosts, people, mutable, next, isPage } = props
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
            {mutable.includes(person.id) && (
              <MuteLink view={view} room={room} user={person} isPage={isPage}>
                {view.words.holds.mute}…<span class="vh"> {person.nickname}</span>
              </MuteLink>
            )}
            {can(room.rank, 'person.remove') && person.id !== user.id && (
              <PutOut view={view} room={room} person={person} />
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

/** Puts somebody out of the room, with why, and whether they may come back. */
function PutOut({ view, room, person }: { view: View; room: Room; person: ListedPerson }) {
  const { acts, page } = view.words
  return (
    <details class="put-out">
      <summary>{page.remove}</summary>
      <PanelForm action={view.paths.remove(room.id)} submit={page.remove} look="danger">
        <input type="hidden" name="user" value={person.id} />
        <ReasonField view={view} />
        <label class="settings__row">
          <input type="checkbox" name="for_good" value="yes" /> {acts.forGood}
        </label>
      </PanelForm>
    </details>
  )
}

/** Those who may not come back into the room. */
export function KeptOut({ view, room, keptOut }: KeptOutProps) {
  const { acts } = view.words
  if (keptOut.length === 0) return <></>
  return (
    <>
      <PartHeading view={view}>{acts.keptOut}</PartHeading>
      <ul class="choices" id="kept-out">
        {keptOut.map((person) => (
          <li>
            <span class="choices__who">
              <Avatar user={person} size="small" /> <Name user={person} />
            </span>
            <PanelForm action={view.paths.letBack(room.id)} submit={acts.letBack}>
              <input type="hidden" name="user" value={person.id} />
            </PanelForm>
          </li>
        ))}
      </ul>
    </>
  )
}

type KeptOutProps = { view: View; room: Room; keptOut: User[] }

/** The last host stays one until somebody else is. */
function isLast(hosts: ReadonlySet<number>, { id }: ListedPerson): boolean {
  return hosts.size === 1 && hosts.has(id)
}
