import { signIn } from '../helpers/client'
import { comeIn, makeInvitation, promote, setDoor } from '../helpers/door'
import { startServer } from '../helpers/server'
import { type FaultTest, type Figures, unlike } from './promise'

/** The planted fault: a use is looked for, and not counted. */
type Size = { rounds: number; isUncounted?: boolean }

const atOnce = 50

/** Fifty newcomers with one link that has one use left: one of them comes in. */
export const once: FaultTest<Size> = {
  id: 'P26',
  says: 'The last use of an invitation is had once, however many come with it at once.',
  small: { rounds: 3 },
  full: { rounds: 100 },
  run,
  broken: (figures, { rounds }) =>
    unlike(figures, { came: rounds, refused: rounds * (atOnce - 1), answers: 1, people: rounds }),
  control: () => run({ rounds: 3, isUncounted: true }),
}

const uncounted = {
  compiled: false,
  env: { BUN_OPTIONS: '--preload ./test/faults/uncounted-uses.ts' },
}

async function run({ rounds, isUncounted = false }: Size): Promise<Figures> {
  await using server = await startServer(isUncounted ? uncounted : {})
  const ada = await signIn(server, 'Ada')
  await promote(server, ada, 'owner')
  await setDoor(server, ada, 'links')
  let [came, refused] = [0, 0]
  const answers = new Set<string>()
  const people = new Set<string>()
  for (let round = 0; round < rounds; round += 1) {
    const invitation = await makeInvitation(server, ada)
    const tries = Array.from({ length: atOnce }, (_, n) =>
      comeIn(server, `Guest ${round}x${n}`, { invitation }),
    )
    for (const { person, status, page } of await Promise.all(tries)) {
      if (person !== null) {
        came += 1
        people.add(person.nickname)
      } else {
        refused += 1
        // What was typed stands in the page again.
        const plain = page.replaceAll(/Guest \d+x\d+/g, '').replaceAll(invitation, '')
        answers.add(`${status} ${plain}`)
      }
    }
  }
  return { rounds, came, refused, answers: answers.size, people: people.size }
}
