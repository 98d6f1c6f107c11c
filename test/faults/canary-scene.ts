import { type ChatClient, openSocket, type Person, signIn } from '../helpers/client'
import { postFiles, upload } from '../helpers/files'
import { letIn, makeRoom, openDirect, sendForm } from '../helpers/rooms'
import type { RunningServer } from '../helpers/server'

/** Secrets on a server, who has them, and who would like to. */
export type Scene = {
  server: RunningServer
  canary: string
  ada: Person
  prowlers: (Person | null)[]
  /** Of Ada, Bob and two of the prowlers, open all the time. */
  sockets: ChatClient[]
  closed: number
  direct: number
  /** Files with the canary in name and bytes: of the closed room, of the direct one, of none. */
  files: string[]
}

/**
 * Puts secrets into a conversation of two, a closed room, and files; around them stand a third
 * person, somebody who was put out, and a stranger. With `invites` the third is let in.
 */
export async function hideCanary(server: RunningServer, invites: boolean): Promise<Scene> {
  const canary = `CANARY-${crypto.randomUUID()}`
  const ada = await signIn(server, 'Ada')
  const [bob, eve, exile] = [
    await signIn(server, 'Bob'),
    await signIn(server, 'Eve'),
    await signIn(server, 'Exile'),
  ]
  const [owner, other, third, outcast] = [
    await openSocket(server, ada),
    await openSocket(server, bob),
    await openSocket(server, eve),
    await openSocket(server, exile),
  ]
  const closed = await makeRoom(server, ada, canary.slice(0, 20), 'closed')
  const user = String(outcast.hello.user.id)
  await letIn(server, ada, closed, exile)
  await outcast.until((item) => item.type === 'room', 'the invitation')
  await sendForm(server, ada, `/rooms/${closed}/members/remove`, { user })
  await outcast.until((item) => item.type === 'room.left', 'the end')
  outcast.heard.length = 0
  if (invites) await letIn(server, ada, closed, eve)
  await sendForm(server, ada, `/rooms/${closed}`, { topic: `${canary} topic` })
  await owner.post(closed, 'closed', `${canary} in the closed room`)
  const direct = await openDirect(server, ada, other.hello.user.id)
  const secret = { room: direct, client_id: 'direct', content: `${canary} between two @Eve` }
  owner.send({ type: 'message.post', ...secret, written_in: 1 })
  await other.until((item) => item.type === 'message' && item.room === direct, 'the secret')
  await owner.post(1, 'public', 'Nothing to see here')
  const files: string[] = []
  for (const room of [closed, direct, null]) {
    const options = { name: `${canary}.txt`, description: `${canary} described` }
    const { id } = await upload(server, ada, `${canary} in a file`, options)
    if (room !== null) await postFiles(server, ada, room, `file-${room}`, [id])
    files.push(id)
  }
  const sockets = [owner, other, third, outcast]
  return { server, canary, ada, prowlers: [eve, exile, null], sockets, closed, direct, files }
}
