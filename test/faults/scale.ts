import { hasPostgres } from '../helpers/postgres'
import { waitUntil } from '../helpers/wait'
import { below, type FaultTest, type Figures, unlike } from './promise'
import { breaksOf, untilResumed } from './scale/breaks'
import { comeAndGo, signOut } from './scale/comings'
import { type Planted, type Scene, startScene } from './scale/scene'
import { judge } from './scale/verdict'

type Size = {
  rooms: number
  people: number
  pauseMs: number
  seed: number
  breaks: Parameters<typeof breaksOf>[0]
  acknowledgedMin: number
}

const small: Size = {
  ...{ rooms: 2, people: 4, pauseMs: 100, seed: 1 },
  breaks: { listeningMs: 1_500, restarts: 1, stoppedMs: 1_500, holeMs: 1_500 },
  acknowledgedMin: 100,
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
    breaks: { listeningMs: 60_000, restarts: 3, stoppedMs: 8_000, holeMs: 10_000 },
    acknowledgedMin: 2_000,
  },
  ...(hasPostgres ? {} : { outOfSuite: 'There is no PostgreSQL for the tests on Windows.' }),
  run,
  broken: (figures, { acknowledgedMin }) => [
    ...unlike(figures, { lost: 0, doubled: 0, reordered: 0, leaked: 0, missing: 0, differing: 0 }),
    ...below(figures, { acknowledged: acknowledgedMin, absences: 1, signOuts: 1 }),
  ],
  control: async () => [
    await runPlanted('no members version'),
    await runPlanted('hints alone'),
    await runPlanted('no contiguity'),
  ],
}

async function run(size: Size): Promise<Figures> {
  await using scene = await startScene(size)
  const figures: Figures = {}
  const found = await live(scene, async () => {
    for (const { name, run } of breaksOf(size.breaks)) {
      await run(scene)
      figures[`${name}: resumed ms`] = await untilResumed(scene)
    }
  })
  return { ...found, ...figures }
}

/** People talk, come and go while something is done; then everything is compared. */
async function live(scene: Scene, work: () => Promise<void>): Promise<Figures> {
  let isOver = false
  const talkers = scene.talkers()
  for (const talker of talkers) talker.talk()
  const comings = scene.rooms.map((room) => comeAndGo(scene, room, () => isOver))
  const leaving = signOut(scene, () => isOver)
  await work()
  isOver = true
  const absences = (await Promise.all(comings)).flat()
  const { count, latestMs } = await leaving
  for (const talker of talkers) talker.stop()
  await waitUntil(() => talkers.every((one) => one.isIdle()), 'an answer to everything', 30_000)
  return {
    ...(await judge(scene, absences)),
    absences: absences.length,
    signOuts: count,
    latestSignOutMs: latestMs,
    gaps: talkers.flatMap(({ tabs }) => tabs).reduce((sum, { gaps }) => sum + gaps, 0),
  }
}

/** Two seconds of talk with a fault in the nodes; hints alone are told nothing. */
async function runPlanted(planted: Planted): Promise<Figures> {
  await using scene = await startScene(small, planted)
  const isDeaf = planted === 'hints alone'
  return live(scene, async () => {
    if (isDeaf) for (const { line } of scene.nodes) line.refuseListening(true)
    await Bun.sleep(plantedMs)
  })
}

const plantedMs = 2_000
