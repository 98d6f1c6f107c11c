import { connect } from 'node:net'
import { type Person, signIn } from '../../helpers/client'
import { createChance } from './chance'
import type { Listening } from '../fuzz'
import type { Fuzz } from './frames'
import { mutateRequest } from './requests'
import { sweepRequests } from './sweep'

const atOnce = 12

/** Asks `count` requests, each over a connection of its own, and counts how they are answered. */
export async function askAnything(
  fuzz: Fuzz,
): Promise<{ requests: number; answered: number; serverErrors: number }> {
  const { server, seed, recording, listen, count } = fuzz
  const people = await Promise.all([1, 2, 3].map((n) => comeIn(fuzz, n)))
  const sweep = createChance(seed).shuffle(sweepRequests(recording.requests))
  const figures = { requests: 0, answered: 0, serverErrors: 0 }
  const ask = async (): Promise<void> => {
    while (figures.requests < count) {
      figures.requests += 1
      const chance = createChance(seed * 1_000_000 + figures.requests)
      const n = chance.below(people.length)
      const cookie = people[n]?.cookie ?? ''
      const swept = chance.percent(50) ? sweep.pop()?.(cookie) : undefined
      const bytes = swept ?? mutateRequest(chance, chance.pick(recording.requests), cookie)
      const answer = await send(server.port, bytes, listen)
      if (answer === null) return
      if (answer.startsWith('HTTP/1.1 ')) figures.answered += 1
      if (answer.startsWith('HTTP/1.1 500')) figures.serverErrors += 1
      // A person whom a request has logged out signs in again.
      if (answer.startsWith('HTTP/1.1 401')) people[n] = await comeIn(fuzz, figures.requests)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, ask))
  return figures
}

let visits = 0

async function comeIn({ server }: Fuzz, n: number): Promise<Person> {
  visits += 1
  const letters = [...String(visits)].map((digit) => 'abcdefghjk'[Number(digit)]).join('')
  return signIn(server, `Fuzz ${letters} ${n % 7}`)
}

/** How long an answer is waited for that may never come, as the request is no whole one. */
const patienceMs = 300
/** …and how long more of it, once it has begun. */
const restMs = 60

/** The beginning of the answer; null when nobody listens any more. */
async function send(port: number, bytes: Buffer, listen: Listening): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>()
  let answer = ''
  const socket = connect(port, '127.0.0.1')
  let timer = setTimeout(() => resolve(answer), patienceMs)
  socket.on('connect', () => void socket.write(bytes))
  socket.on('data', (chunk) => {
    const heard = Buffer.from(chunk)
    listen.hear(heard)
    if (answer.length < 20) answer += heard.toString('latin1', 0, 20)
    clearTimeout(timer)
    timer = setTimeout(() => resolve(answer), restMs)
  })
  socket.on('error', (fault) => {
    resolve('code' in fault && fault.code === 'ECONNREFUSED' ? null : answer)
  })
  socket.on('close', () => resolve(answer))
  const heard = await promise
  clearTimeout(timer)
  socket.destroy()
  return heard
}
