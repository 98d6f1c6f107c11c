import type { ListedMember, PeopleWindow } from '../../views/people/people'
import type { OnlinePlace } from '../chat/people/presence'
import { ChatError } from '../server/errors'
import { limits } from '../shared/limits'
import { addWeight, presenceWeight } from '../shared/presence'
import type { ListedPerson, Room, User } from '../store/store'
import type { HttpDeps } from './context'

/** Where a page of the list ends: at somebody who is online, or at somebody who is not. */
type Place = OnlinePlace & { isOnline: boolean }

/** What a screen shows of many people; the rest is loaded while one scrolls. */
const firstRows = 20

/**
 * A page of the people of a room: those online, hosts first, then the others, each by name;
 * `after` is the end of the page before. The reader is online, though their socket may not be open
 * yet.
 */
export async function readPeople(
  { chat: { presence, store } }: HttpDeps,
  reader: User,
  room: Room,
  { after = '', pages = 1 }: { after?: string; pages?: number } = {},
): Promise<PeopleWindow> {
  const place = readPlace(after)
  const isFirst = place === null && pages === 1 && room.members > limits.peopleListMax
  const limit = isFirst ? firstRows : limits.peopleListMax * pages
  const hosts = new Set(await store.users.hostsOf(room))
  // Read at one moment: nobody may be on both sides.
  const chosen =
    place?.isOnline === false
      ? []
      : presence.peopleIn(room.id, { hosts, after: place, limit: limit + 1, reader })
  const { count, checksum } = presence.onlineIn(room.id)
  const ids = presence.idsIn(room.id)
  const isReaderNew = !ids.includes(reader.id)

  const here = chosen.slice(0, limit)
  const last = chosen.length > limit ? here.at(-1) : undefined
  const users = await store.users.among(
    room,
    here.map(({ id }) => id),
  )
  const online: ListedMember[] = here.flatMap(({ id, ...rest }) =>
    users.filter((user) => user.id === id).map((user) => ({ ...rest, user })),
  )
  const end = place?.isOnline === false ? { folded: place.key, id: place.id } : null
  const space = limit - here.length
  const without = [...ids, reader.id]
  const wanted = { part: '', after: end, without, limit: space + 1 }
  const absent = last === undefined ? await store.users.membersOf(room, wanted) : []
  return {
    room: room.id,
    members: room.members,
    online: count + Number(isReaderNew),
    checksum: isReaderNew ? addWeight(checksum, presenceWeight(reader.id, 'online')) : checksum,
    people: [...online, ...absent.slice(0, space).map(toAbsent)],
    beginsAt: place === null ? 'start' : place.isOnline ? 'online' : 'offline',
    isAllOnline: last === undefined,
    next:
      last !== undefined
        ? writePlace({ ...last, isOnline: true })
        : absent.length > space
          ? writePlace(placeOf(absent[space - 1] ?? end))
          : null,
  }
}

function toAbsent(user: User): ListedMember {
  return { user, state: 'offline', isHost: false }
}

/** Without a person: before the first who is offline. */
function placeOf(person: Pick<ListedPerson, 'folded' | 'id'> | null): Place {
  return { isOnline: false, isHost: false, key: person?.folded ?? '', id: person?.id ?? 0 }
}

function writePlace({ isOnline, isHost, id, key }: Place): string {
  return `${isOnline ? (isHost ? 'host' : 'online') : 'offline'}.${id}.${key}`
}

/** Throws `bad_request` for what no page has named. */
function readPlace(text: string): Place | null {
  if (text === '') return null
  const [, kind, id, key] = /^(host|online|offline)\.(\d{1,15})\.(.{0,200})$/su.exec(text) ?? []
  if (id === undefined || key === undefined) throw new ChatError('bad_request')
  return { isOnline: kind !== 'offline', isHost: kind === 'host', id: Number(id), key }
}
