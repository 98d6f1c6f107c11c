import { ChangedPerson } from '../../../views/people/person'
import { serverLimits } from '../../server/limits'
import { faultOf } from '../../server/log'
import { storageReasonOf } from '../../store/storage-fault'
import type { Departure, User } from '../../store/store'
import { type Chat, isOurs } from '../chat'
import { forgetPages } from '../messages/recall-page'
import { publishSystemLines } from '../messages/system-lines'
import { asPublication } from '../publication'
import { publishHeir } from '../rooms/membership'

const dayMs = 24 * 60 * 60_000

/** Tells every open page that a person has another name or picture, or has left. */
export function publishPerson(chat: Chat, user: User): void {
  forgetPages()
  chat.publish('everyone', {
    html: () => String(<ChangedPerson user={user} />),
    json: asPublication({ type: 'person.changed', user }).json,
  })
}

/** Tells every open page that a person has left, and the new hosts of their rooms. */
export async function publishDeparture(chat: Chat, { user, heirs }: Departure): Promise<void> {
  chat.log('left', { user: user.id })
  chat.closeSockets(user.id, 'signed out')
  chat.presence.forget(user.id)
  publishPerson(chat, user)
  await publishSystemLines(chat)
  for (const heir of heirs) await publishHeir(chat, heir)
}

/** Remembers that a session is in use. What the disk refuses is only written a day later. */
export async function noteUse(chat: Chat, tokenHash: Uint8Array): Promise<void> {
  try {
    await chat.store.sessions.see(tokenHash, chat.now())
  } catch (fault) {
    if (storageReasonOf(fault) === null) throw fault
  }
}

/**
 * Ends the sessions that were not used for long, and frees the names of people who were not seen
 * for long: soon after the start, and then every day. Sessions with an open socket are in use.
 * Gives the function that stops it.
 */
export function startSessionSweep(chat: Chat, inUse: () => Iterable<string>): () => void {
  const sweep = async (): Promise<void> => {
    for (const session of inUse()) await noteUse(chat, Uint8Array.fromHex(session))
    if (!(await isOurs(chat, 'sessions'))) return
    const { keepNamesMs } = chat.config
    const times = { unusedMs: serverLimits.sessionUnusedMs, keepNamesMs }
    const left = await chat.store.sessions.sweep(times, chat.now())
    for (const departure of left) await publishDeparture(chat, departure)
  }
  const run = (): void => {
    sweep().catch((fault) => chat.log('sessions.failed', { fault: faultOf(fault) }))
  }
  const first = setTimeout(run, serverLimits.afterStartMs)
  const timer = setInterval(run, dayMs)
  return () => {
    clearTimeout(first)
    clearInterval(timer)
  }
}
