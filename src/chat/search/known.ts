import { serverLimits } from '../../server/limits'
import type { Chat } from '../chat'
import { nameIn } from '../../../views/people/avatar'
import type { Words } from '../../../views/words'
import { parseId } from '../../shared/paths'
import type { User } from '../../store/store'
import { wantedName } from '../../shared/rank-name'
import { type Known, typedNames } from './search'

/** Names offered in the form; the others can be typed. */
const optionsMax = 100

type Asked = { q: string; sender: string; room: string }

/**
 * The people and rooms that a search names: those that are chosen in the form or typed, and, when
 * the form is shown, the first of all people and the rooms where something was said last.
 */
export async function readKnown(
  chat: Chat,
  reader: number,
  { q, sender, room }: Asked,
  form: Pick<Words, 'live'> | null,
): Promise<Known> {
  const { rooms, users } = chat.store
  const typed = typedNames(q)
  const people: User[] = form === null ? [] : await users.everybody(optionsMax)
  const isMe = typed.from.some((name) => name.toLowerCase() === 'me')
  for (const id of [parseId(sender) ?? 0, isMe ? reader : 0]) {
    const chosen = await users.find(id)
    if (chosen !== null) people.push(chosen)
  }
  // Two tell that a beginning is not the whole name.
  for (const wanted of sought(typed.from)) {
    const found = await users.match({ asker: reader, room: null, wanted, limit: 2 })
    if (!('refused' in found)) people.push(...found)
  }
  const own: Known['rooms'] = []
  const place = await rooms.find(reader, parseId(room) ?? 0)
  if (place !== null) own.push({ id: place.id, name: place.pair?.[1].nickname ?? place.name })
  const listed = form === null ? [] : [{ part: '', limit: optionsMax }]
  const { conversationsPerPerson, perPerson } = serverLimits.rooms
  const named = sought(typed.in).map((part) => ({
    part,
    limit: perPerson + conversationsPerPerson,
  }))
  for (const wanted of [...listed, ...named]) {
    const found = await rooms.own(reader, { ...wanted, after: null })
    own.push(...found.map(({ id, name, other }) => ({ id, name: other?.nickname ?? name })))
  }
  const shown = people.map((person) => ({
    id: person.id,
    name: form === null ? person.nickname : nameIn(form, person),
  }))
  return { reader, people: unique(shown), rooms: unique(own), now: chat.now() }
}

function sought(names: string[]): string[] {
  return names.map((name) => wantedName(name.replace(/^[@#]/, ''))).filter(Boolean)
}

function unique(all: Known['people']): Known['people'] {
  return [...new Map(all.map((each) => [each.id, each])).values()]
}
