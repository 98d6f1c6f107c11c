import { ChatError } from '../../server/errors'
import { faultOf } from '../../server/log'
import { textLimits } from '../../shared/limits'
import type { ServerRole, ServerSettings } from '../../store/store'
import type { Chat } from '../chat'
import type { Current } from '../people/account'
import { asPublication } from '../publication'
import { createHello, readLine } from '../rooms/rooms'

/** The name of the server: what a flag says, else what owners have set. */
export function nameOf({ config }: Chat, settings: ServerSettings): string {
  return config.name ?? (settings.name || 'Chatroom')
}

/** The same as it is now. */
export async function serverNameOf(chat: Chat): Promise<string> {
  return nameOf(chat, await chat.store.administration.settings())
}

/** Why something is done, as it was typed: for the log. Throws `line_long`. */
export function readReason(typed: string): string {
  return readLine(typed, textLimits.whyUnitsMax, 'line_long')
}

/** A typed setting; what is not sent stays as it is. */
type TypedSettings = { [Key in keyof ServerSettings]?: string | undefined }

/**
 * Changes settings of the server. Throws `role_missing`, `not_signed_in`, `bad_request` for an
 * unknown choice, and `line_long`.
 */
export async function configure(
  chat: Chat,
  { tokenHash }: Current,
  typed: TypedSettings,
): Promise<ServerSettings> {
  const wanted: Partial<ServerSettings> = {}
  for (const key of ['name', 'welcome'] as const) {
    const text = typed[key]
    if (text !== undefined) wanted[key] = readLine(text, settingUnitsMax[key], 'line_long')
  }
  if (typed.roomMakers !== undefined) wanted.roomMakers = oneOf(roomMakers, typed.roomMakers)
  if (typed.privateMessages !== undefined) {
    wanted.privateMessages = oneOf(privateMessages, typed.privateMessages)
  }
  const before = await chat.store.administration.settings()
  const settings = await chat.store.administration.configure(tokenHash, wanted, chat.now())
  if ('refused' in settings) throw new ChatError(settings.refused)
  if (settings.privateMessages !== before.privateMessages) {
    const greeted = greetAgain(chat)
    greeted.catch((fault) => chat.log('settings.unsaid', { fault: faultOf(fault) }))
  }
  return settings
}

/** Tells open pages what they may offer now; everybody is in the first room. */
async function greetAgain(chat: Chat): Promise<void> {
  const room = await chat.store.rooms.first()
  for (const id of chat.presence.idsIn(room)) {
    const user = await chat.store.users.find(id)
    if (user === null) continue
    chat.publish({ user: id }, asPublication(await createHello(chat, user)))
    // Each takes about a millisecond.
    await Bun.sleep(0)
  }
}

/** In code units; the name stands in titles and beside the icon of an app. */
const settingUnitsMax = { name: 40, welcome: 400 } as const

const roomMakers = ['everybody', 'moderators'] as const
const privateMessages = ['everybody', 'hosts', 'off'] as const
const serverRoles = ['member', 'moderator', 'owner'] as const

/**
 * Gives somebody a role on the server; their open pages load again. Throws `role_missing`,
 * `person_missing`, `owner_needed`, `not_signed_in`, `bad_request` and `line_long`.
 */
export async function setRole(
  chat: Chat,
  { tokenHash }: Current,
  person: number,
  typed: { role: string; reason: string },
): Promise<void> {
  const role: ServerRole = oneOf(serverRoles, typed.role)
  const told = { reason: readReason(typed.reason), at: chat.now() }
  const outcome = await chat.store.administration.setRole(tokenHash, person, role, told)
  if ('refused' in outcome) throw new ChatError(outcome.refused)
  // What their pages offer depends on the role.
  if (outcome.user !== null) chat.closeSockets(person, 'session renewed')
}

/** One of the known values. Throws `bad_request` for any other. */
export function oneOf<Value extends string>(known: readonly Value[], typed: string): Value {
  const found = known.find((value) => value === typed)
  if (found === undefined) throw new ChatError('bad_request')
  return found
}
