import { openSocket, type Person } from './client'
import { sendForm } from './rooms'
import type { RunningServer } from './server'
import { waitUntil } from './wait'

/** The path of the newest owner link that a server has printed. */
export async function ownerLinkOf(server: RunningServer): Promise<string> {
  const links = await waitUntil(() => server.log().match(/\/owner\/[\w-]{43}/g), 'the owner link')
  return links.at(-1) ?? ''
}

/** Somebody uses the link that the first start printed. */
export async function becomeOwner(server: RunningServer, person: Person): Promise<void> {
  const { status } = await sendForm(server, person, await ownerLinkOf(server))
  if (status !== 303) throw new Error(`The owner link was answered with ${status}`)
}

/** An owner gives somebody a role. */
export async function giveRole(
  server: RunningServer,
  owner: Person,
  person: Person,
  role: 'member' | 'moderator' | 'owner',
): Promise<void> {
  const socket = await openSocket(server, person)
  const user = String(socket.hello.user.id)
  await socket.close()
  const { status } = await sendForm(server, owner, '/admin/people/role', { user, role })
  if (status !== 303) throw new Error(`The role was answered with ${status}`)
}
