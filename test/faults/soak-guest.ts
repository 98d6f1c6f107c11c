import {
  type Address,
  dial,
  type Person,
  postFrame,
  type ScriptSocket,
  signIn,
} from '../helpers/client'
import { postFiles, upload } from '../helpers/files'
import { sendForm } from '../helpers/rooms'

/** What all guests together did, and what went wrong. */
export type Doings = {
  joined: number
  said: number
  uploaded: number
  loggedOut: number
  died: number
  /** What was refused, lost or failed, by what it was. */
  errors: Map<string, number>
}

/** A guest's life goes on until `isOver`; chance is the guest's own. */
export type Visit = {
  server: Address
  name: string
  doings: Doings
  random: () => number
  /** How much quicker than people: 1 acts every seven seconds. */
  tempo: number
  isOver: () => boolean
}

/** A few minutes of a person, again and again: comes, talks, sends files, leaves or just dies. */
export async function live(visit: Visit): Promise<void> {
  const { doings, isOver } = visit
  while (!isOver()) {
    try {
      await visitOnce(visit)
    } catch (fault) {
      if (isOver()) return
      const what = String(fault).slice(0, 100)
      doings.errors.set(what, (doings.errors.get(what) ?? 0) + 1)
      await Bun.sleep(1_000)
    }
  }
}

async function visitOnce({ server, name, doings, random, tempo, isOver }: Visit): Promise<void> {
  const person = await signIn(server, name)
  doings.joined += 1
  let line = await openLine(server, person, doings)
  const acts = 5 + Math.floor(random() * 40)
  for (let n = 0; n < acts && !isOver(); n += 1) {
    await Bun.sleep((2_000 + random() * 10_000) / tempo)
    if (isOver()) break
    const wish = random()
    if (wish < 0.75) line.say(sentence(random))
    else if (wish < 0.82) await sendSomeFile(server, person, random, doings)
    else if (wish < 0.92) await readSomething(server, person, random)
    else {
      // Without a goodbye, as a lid that is closed; and back a little later.
      line.socket.terminate()
      doings.died += 1
      await Bun.sleep((random() * 5_000) / tempo)
      line = await openLine(server, person, doings)
    }
  }
  line.isLeaving = true
  const answer = await sendForm(server, person, '/session/leave', { sure: 'yes' })
  if (answer.status !== 303) throw new Error(`Logging out was answered with ${answer.status}`)
  doings.loggedOut += 1
  line.socket.close()
}

type OpenLine = { socket: ScriptSocket; say: (text: string) => void; isLeaving: boolean }

/** Holds nothing of what it hears: what grows in a soak must be the server. */
async function openLine(server: Address, person: Person, doings: Doings): Promise<OpenLine> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const socket = dial(server, person)
  const line: OpenLine = {
    socket,
    isLeaving: false,
    say: (text) => socket.send(JSON.stringify(postFrame(1, crypto.randomUUID(), text))),
  }
  const beat = setInterval(() => socket.send('{"type":"ping"}'), 25_000)
  socket.onmessage = ({ data }) => {
    const text = String(data)
    if (text.startsWith('[{"type":"hello"')) resolve()
    if (text.includes('{"type":"accepted"')) doings.said += 1
    if (!text.includes('{"type":"refused"')) return
    doings.errors.set('refused', (doings.errors.get('refused') ?? 0) + 1)
  }
  socket.onclose = ({ code }) => {
    clearInterval(beat)
    reject(new Error(`The socket was closed with ${code} before the greeting`))
    if (line.isLeaving || code === 1006) return
    doings.errors.set(`closed ${code}`, (doings.errors.get(`closed ${code}`) ?? 0) + 1)
  }
  await promise
  return line
}

function sentence(random: () => number): string {
  return 'the tide is high today and the boat leaves early '.repeat(1 + Math.floor(random() * 6))
}

async function sendSomeFile(
  server: Address,
  person: Person,
  random: () => number,
  doings: Doings,
): Promise<void> {
  const bytes = new Uint8Array(1_000 + Math.floor(random() ** 3 * 100_000))
  const { id } = await upload(server, person, bytes)
  const answer = await postFiles(server, person, 1, crypto.randomUUID(), [id])
  if (answer.type !== 'accepted') throw new Error(`A file was ${answer.type} (${answer.code})`)
  doings.uploaded += 1
}

async function readSomething(
  { origin }: Address,
  { cookie }: Person,
  random: () => number,
): Promise<void> {
  const paths = ['/rooms/1', '/rooms/1/messages?limit=50', '/search?q=boat', '/rooms/1/settings']
  const path = paths[Math.floor(random() * paths.length)] ?? '/'
  const answer = await fetch(origin + path, { headers: { Cookie: cookie } })
  await answer.text()
  if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}`)
}
