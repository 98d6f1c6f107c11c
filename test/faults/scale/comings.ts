import { type Person, signIn } from '../../helpers/client'
import { answerTo, inviteTo, sendForm } from '../../helpers/rooms'
import { waitUntil } from '../../helpers/wait'
import { nameOf, type Room, type Scene } from './scene'
import { openTab, type Tab } from './tab'

/** When somebody was told to be out of a room, and when they were let in again. */
export type Absence = { victim: number; room: number; from: number; until: number }

const pauseMs = 400
const retryMs = 100
const seenMsMax = 30_000

/** Does a form again while the server cannot; gives the answer. */
async function insist(send: () => Promise<Response>): Promise<Response> {
  for (;;) {
    const answer = await send().catch(() => null)
    if (answer !== null && answer.status < 500) return answer
    await Bun.sleep(retryMs)
  }
}

/** The host removes one person and lets them in again, until it is over. */
export async function comeAndGo(
  { balancer }: Scene,
  { id, host, victim }: Room,
  isOver: () => boolean,
): Promise<Absence[]> {
  const absences: Absence[] = []
  const user = String(victim.id)
  while (!isOver()) {
    await Bun.sleep(pauseMs)
    const path = `/rooms/${id}/members/remove`
    await insist(() => sendForm(balancer, host.person, path, { user }))
    const from = performance.now()
    await Bun.sleep(pauseMs)
    const until = performance.now()
    absences.push({ victim: victim.id, room: id, from, until })
    for (let status = 0; status !== 303;) {
      await insist(() => inviteTo(balancer, host.person, id, victim.id))
      status = (await insist(() => answerTo(balancer, victim.person, id))).status
      if (status !== 303) await Bun.sleep(retryMs)
    }
  }
  return absences
}

/** How many were signed out, and how late their other tab was closed at the latest. */
export type SignOuts = { signOuts: number; latestSignOutMs: number }

/** New people come into a room, hear something, and sign out in one of two tabs. */
export async function signOut(
  { balancer, rooms }: Scene,
  isOver: () => boolean,
): Promise<SignOuts> {
  const found = { signOuts: 0, latestSignOutMs: 0 }
  for (let n = 0; !isOver(); n += 1) {
    const room = rooms[n % rooms.length]
    if (room === undefined) break
    const person = await signInLater(balancer, nameOf(100 + n, 0))
    const tabs: [Tab, Tab] = [
      openTab(balancer, person, 'chatroom.json'),
      openTab(balancer, person, 'chatroom.html'),
    ]
    await waitUntil(() => tabs.every((tab) => tab.greetings() > 0), 'a greeting', seenMsMax)
    await insist(() => inviteTo(balancer, room.host.person, room.id, tabs[0].user()))
    await insist(() => answerTo(balancer, person, room.id))
    await waitUntil(() => tabs.every(({ view }) => hasSome(view.get(room.id))), 'talk', seenMsMax)
    await insist(() => sendForm(balancer, person, '/session/end'))
    const since = performance.now()
    await waitUntil(() => tabs.every((tab) => tab.isSignedOut()), 'the end', seenMsMax)
    const ms = Math.round(performance.now() - since)
    found.latestSignOutMs = Math.max(found.latestSignOutMs, ms)
    found.signOuts += 1
  }
  return found
}

/** The name may be theirs already, where the answer was lost: then they take another one. */
async function signInLater(balancer: Scene['balancer'], name: string): Promise<Person> {
  for (let n = 0; ; n += 1) {
    const person = await signIn(balancer, `${name} ${n}`).catch(() => null)
    if (person !== null) return person
    await Bun.sleep(retryMs)
  }
}

function hasSome(shown: Map<number, unknown> | undefined): boolean {
  return shown !== undefined && shown.size > 0
}
