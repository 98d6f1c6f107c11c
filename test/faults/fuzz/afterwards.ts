import { history, openSocket, signIn } from '../../helpers/client'
import { makeRoom, sendForm } from '../../helpers/rooms'
import type { RunningServer } from '../../helpers/server'
import { countDifferences } from '../order'

const each = 25

/** Four people talk in a new room at once; what each has heard is compared with the history. */
export async function talkAfterwards(
  server: RunningServer,
): Promise<{ talked: number; differing: number; missing: number }> {
  const people = await Promise.all(
    ['Uma', 'Vic', 'Wes', 'Yan'].map((name) => signIn(server, `${name} after`)),
  )
  const [first] = people
  if (first === undefined) throw new Error('Somebody has to make the room')
  const room = await makeRoom(server, first, 'Afterwards')
  for (const person of people.slice(1)) await sendForm(server, person, `/rooms/${room}/members`)
  const sockets = await Promise.all(
    people.map((person, n) => {
      const subprotocol = n % 2 === 0 ? 'chatroom.json' : 'chatroom.html'
      return openSocket(server, person, { subprotocol })
    }),
  )
  const answers = await Promise.all(
    sockets.flatMap((socket, n) =>
      Array.from({ length: each }, (_, k) => socket.post(room, `a-${n}-${k}`, `after ${k}`)),
    ),
  )
  const talked = answers.filter(({ type }) => type === 'accepted').length
  const stored = await history(server, first, room)
  const truth = new Map(
    stored.map(({ seq, sender, client_id }) => [seq, `${sender.id}-${client_id}`]),
  )
  const known = sockets.map(({ heard }) => {
    const told = heard.flatMap((item): [number, string][] => {
      if (item.type === 'row' && item.room === room) return [[item.seq, item.id]]
      if (item.type !== 'message' || item.room !== room) return []
      return [[item.seq, `${item.sender.id}-${item.client_id}`]]
    })
    return new Map(told)
  })
  for (const socket of sockets) await socket.close()
  const missing = known.reduce((sum, seqs) => sum + truth.size - seqs.size, 0)
  return { talked, ...countDifferences(truth, known), missing }
}
