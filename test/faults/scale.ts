import { waitUntil } from '../helpers/wait'
import { above, below, type FaultTest, type Figures, unlike } from './promise'
import { breaksOf, untilResumed } from './scale/breaks'
import { comeAndGo, signOut } from './scale/comings'
import { type Planted, type Scene, startScene } from './scale/scene'
import { judge, type Verdict } from './scale/verdict'

type Size = {
  rooms: number
  people: number
  pauseMs: number
  seed: number
  breaks: Parameters<typeof breaksOf>[0]
  acknowledgedMin: number
  /** After each fault everybody is heard again. */
  resumedMsMax: number
}

const small: Size = {
  ...{ rooms: 2, people: 3, pauseMs: 200, seed: 1 },
  breaks: {
    listeningMs: 1_500,
    restarts: 1,
    kills: 1,
    awayMs: 200,
    stoppedMs: 1_000,
    holeMs: 1_000,
  },
  acknowledgedMin: 50,
  resumedMsMax: 60_000,
}

/**
 * Three nodes with one database, behind a balancer that ties nobody to one: people talk, change
 * what they said, are removed, come back and sign out, while one thing after another breaks.
 */
export const scaled: FaultTest<Size> = {
  id: 'P37',
  alias: 'scale',
  says: 'Of several nodes any part may fail: nothing is lost, doubled, reordered or leaked.',
  small,
  full: {
    ...{ rooms: 4, people: 6, pauseMs: 150, seed: 1 },
    breaks: {
      ...{ listeningMs: 60_000, restarts: 3, kills: 3 },
      ...{ awayMs: 1_000, stoppedMs: 8_000, holeMs: 10_000 },
    },
    acknowledgedMin: 2_000,
    resumedMsMax: 3_000,
  },
  outOfSuite: 'It has test/journeys/nodes.test.ts, as this takes a quarter of a minute.',
  run,
  broken: (figures, { acknowledgedMin, resumedMsMax }) => [
    ...unlike(figures, { lost: 0, doubled: 0, reordered: 0, leaked: 0, missing: 0, differing: 0 }),
    ...below(figures, { acknowledged: acknowledgedMin, absences: 1, signOuts: 1 }),
    ...above(figures, { resumedMs: resumedMsMax }),
  ],
  control: async () => [
    await runPlanted('no members version', 'leaked'),
    await runPlanted('hints alone', 'missing'),
    await runPlanted('no contiguity', 'reordered'),
  ],
}

async function run(size: Size): Promise<Figures> {
  await using scene = await startScene(size)
  const resumed: Record<string, number> = {}
  let isOver = false
  const leaving = signOut(scene, () => isOver)
  const found = await live(scene, async () => {
    for (const { name, run } of breaksOf(size.breaks)) {
      await run(scene)
      resumed[`resumedMs after ${name}`] = await untilResumed(scene)
    }
    isOver = true
    await leaving
  })
  const resumedMs = Math.max(...Object.values(resumed))
  return { ...found, ...(await leaving), ...resumed, resumedMs }
}

/** People talk, come and go while something is done; then everything is compared. */
async function live(scene: Scene, work: () => Promise<void>, caughtUpMsMax = 20_000) {
  let isOver = false
  const talkers = scene.talkers()
  for (const talker of talkers) talker.talk()
  const comings = scene.rooms.map((room) => comeAndGo(scene, room, () => isOver))
  await work()
  isOver = true
  const absences = (await Promise.all(comings)).flat()
  for (const talker of talkers) talker.stop()
  await waitUntil(() => talkers.every((one) => one.isIdle()), 'an answer to everything', 30_000)
  return { ...(await judge(scene, absences, caughtUpMsMax)), absences: absences.length }
}

const plantedMs = 3_000

/** A little talk with a fault in the nodes; nothing but what that breaks is taken from it. */
async function runPlanted(planted: Planted, breaks: keyof Verdict): Promise<Figures> {
  await using scene = await startScene(small, { planted })
  const isDeaf = planted === 'hints alone'
  const work = async (): Promise<void> => {
    if (isDeaf) for (const { line } of scene.nodes) line.refuseListening(true)
    await Bun.sleep(plantedMs)
  }
  const { [breaks]: found } = await live(scene, work, 1_000)
  const whole = { lost: 0, doubled: 0, reordered: 0, leaked: 0, missing: 0, differing: 0 }
  const seen = { acknowledged: small.acknowledgedMin, absences: 1, signOuts: 1, resumedMs: 0 }
  return { ...whole, ...seen, [breaks]: found }
}
