import { type Person, signIn } from '../helpers/client'
import { sendForm } from '../helpers/rooms'
import { bases, decorations, disguises, honestNames, markedNames } from '../helpers/look-alikes'
import { type RunningServer, startServer } from '../helpers/server'
import { createRandom } from '../helpers/random'
import { below, type FaultTest, type Figures, unlike } from './promise'

type Size = {
  /** Of so many look-alikes one is tried, as the seed chooses them. */
  oneOf: number
  seed: number
  /** The planted fault: nobody has the names, so that anybody may take them. */
  heldByNobody?: boolean
}

const small: Size = { oneOf: 10, seed: 9 }

const ways = [...disguises, ...decorations]

/** T9: twenty people are there; others come as them, disguised or decorated, or rename. */
export const unmistakable: FaultTest<Size> = {
  id: 'P9',
  says: 'Nobody can look like somebody else, at sign-in or by another name.',
  small,
  full: { oneOf: 1, seed: 9 },
  run,
  broken: (figures, { oneOf }) => [
    ...unlike(figures, { accepted: 0, renamed: 0, honestRefused: 0 }),
    ...below(figures, { tried: 300 / oneOf, honestNames: 60 }),
  ],
  control: () => run({ ...small, heldByNobody: true }),
}

async function run({ oneOf, seed, heldByNobody = false }: Size): Promise<Figures> {
  await using server = await startServer()
  if (!heldByNobody) for (const base of bases) await signIn(server, base)
  const changeable = await signIn(server, 'Zzyzx')
  const random = createRandom(seed)
  const lookAlikes = bases
    .flatMap((base) => ways.map(([, wear]) => wear(base)))
    .filter(() => random(oneOf) === 0)
  let [accepted, renamed] = [0, 0]
  for (const name of lookAlikes) {
    if (await isLetIn(server, name)) accepted += 1
    if (await isRenamed(server, changeable, name)) renamed += 1
  }
  return { tried: lookAlikes.length, accepted, renamed, ...(await countHonest()) }
}

/** Honest names on a server of their own; of two that look alike only one is asked for. */
async function countHonest(): Promise<{ honestNames: number; honestRefused: number }> {
  await using server = await startServer()
  const twins = ['ALI', "O'Brien", 'A. Li']
  const names = [...honestNames, ...markedNames].filter((name) => !twins.includes(name))
  let honestRefused = 0
  for (const name of names) if (!(await isLetIn(server, name))) honestRefused += 1
  return { honestNames: names.length, honestRefused }
}

async function isLetIn({ origin }: RunningServer, nickname: string): Promise<boolean> {
  const answer = await fetch(`${origin}/session`, {
    method: 'POST',
    redirect: 'manual',
    headers: { Origin: origin },
    body: new URLSearchParams({ nickname, avatar: 'letter' }),
  })
  await answer.text()
  return answer.status === 303
}

async function isRenamed(
  server: RunningServer,
  person: Person,
  nickname: string,
): Promise<boolean> {
  const answer = await sendForm(server, person, '/profile', { nickname, avatar: 'letter' })
  await answer.text()
  return answer.status === 303
}
