import { fill } from '../../src/shared/text'
import type { ListedAct } from '../../src/store/store'
import type { Words } from '../words'

/** What the log keeps of an act besides people and room, in words: names stay as they are. */
export function sayDetail(
  { act, detail }: Pick<ListedAct, 'act' | 'detail'>,
  words: Words,
): string {
  const { admin } = words
  const said = { ...admin.details, ...admin.roles }
  if (act === 'server.configure') return saySetting(detail, words)
  if (act === 'person.purge' && detail.startsWith('since ')) {
    const time = `${detail.slice('since '.length).slice(0, 16).replace('T', ' ')} UTC`
    return fill(admin.details.since, { time })
  }
  return codedActs.has(act) ? (wordOf(said, detail) ?? detail) : detail
}

/** Their details are words of the program; those of the others are what people typed. */
const codedActs = new Set<ListedAct['act']>([
  'role.set',
  'report.handle',
  'person.purge',
  'room.hand_over',
  'room.archive',
])

/** A setting and what it is now; an empty one has nothing. */
function saySetting(detail: string, { admin, door }: Words): string {
  const [, key = '', value = ''] = /^(\w+): (.*)$/s.exec(detail) ?? []
  const labels = { ...admin, door: admin.sections.door }
  const { roomMakerKinds, privateKinds, details } = admin
  const choices: Record<string, Record<string, string>> = {
    roomMakers: roomMakerKinds,
    privateMessages: privateKinds,
    door: { ...door.modes, 'another password': details.anotherPassword },
  }
  const label = wordOf(labels, key) ?? key
  return `${label}: ${wordOf(choices[key] ?? {}, value) ?? value}`
}

function wordOf(words: object, key: string): string | null {
  const word: unknown = Object.entries(words).find(([name]) => name === key)?.[1]
  return typeof word === 'string' ? word : null
}
