import { SQL } from 'bun'
import { hasPostgres, type Postgres, startPostgres } from '../helpers/postgres'
import { runServer } from '../helpers/server'
import { createTcpProxy } from '../helpers/tcp-proxy'
import { waitUntil } from '../helpers/wait'
import { below, type FaultTest, type Figures, unlike } from './promise'
import { untilResumed } from './scale/breaks'
import { type Scene, startScene } from './scale/scene'
import { judge } from './scale/verdict'

type Size = { rooms: number; people: number; pauseMs: number; seed: number; talkMs: number }

const small: Size = { rooms: 1, people: 4, pauseMs: 60, seed: 1, talkMs: 1_000 }

/** The database fails for good while people talk, and its standby takes over. */
export const promoted: FaultTest<Size> = {
  id: 'P38',
  alias: 'scale',
  says: 'A standby takes over without a loss; one that could lose something is refused or seen.',
  small,
  full: { rooms: 4, people: 6, pauseMs: 60, seed: 1, talkMs: 10_000 },
  outOfSuite: hasPostgres
    ? 'It starts four servers of PostgreSQL.'
    : 'There is no PostgreSQL for the tests on Windows.',
  async run(size) {
    const late = await promote(size, false)
    return {
      ...(await promote(size, true)),
      refusedWithoutStandby: await countRefusals(),
      lateLost: late.lost ?? 0,
      lateDiffering: Number(late.differing) + Number(late.missing),
      lateNewEpochs: late.newEpochs ?? 0,
    }
  },
  broken: (figures) => [
    ...unlike(figures, { lost: 0, doubled: 0, reordered: 0, missing: 0, differing: 0 }),
    ...unlike(figures, { newEpochs: Number(figures.tabs), lateNewEpochs: Number(figures.tabs) }),
    ...unlike(figures, { lateDiffering: 0, refusedWithoutStandby: 1 }),
    ...below(figures, { acknowledged: 50, lateLost: 1 }),
  ],
  /** The standby confirms nothing. */
  async control() {
    const figures = await promote(small, false)
    const late = { lateLost: 1, lateDiffering: 0, lateNewEpochs: figures.newEpochs ?? 0 }
    return { ...figures, ...late, refusedWithoutStandby: 1 }
  },
}

const caughtUpMsMax = 20_000

/** `isSynchronous`: nothing is acknowledged before the standby has it; else it falls behind. */
async function promote(size: Size, isSynchronous: boolean): Promise<Figures> {
  const names = isSynchronous ? 'standby' : ''
  const primary = await startPostgres('fsync=on', `synchronous_standby_names=${names}`)
  const line = createTcpProxy(primary.port)
  const standby = await primary.startStandby('standby', line.port)
  const flags = isSynchronous ? [] : ['--accept-loss']
  await using scene = await startScene(size, { postgres: primary, flags })
  const talkers = scene.talkers()
  for (const talker of talkers) talker.talk()
  await Bun.sleep(size.talkMs)
  if (!isSynchronous) line.swallow()
  const said = (): number => talkers.reduce((sum, one) => sum + one.said.length, 0)
  const before = said()
  await waitUntil(() => said() > before + talkers.length, 'some more words')
  await primary.stop()
  await takeOver(standby, scene)
  const resumedMs = await untilResumed(scene)
  for (const talker of talkers) talker.stop()
  await waitUntil(() => talkers.every((one) => one.isIdle()), 'an answer to everything', 30_000)
  const url = new URL(scene.url)
  url.port = String(standby.port)
  const verdict = await judge({ ...scene, url: url.href }, [], caughtUpMsMax)
  line.close()
  const tabs = talkers.flatMap((one) => one.tabs)
  const newEpochs = tabs.filter(({ epochs }) => epochs.size > 1).length
  await standby.stop()
  return { ...verdict, newEpochs, resumedMs }
}

/** As whoever watches the servers does it: the address of the database leads to the standby. */
async function takeOver(standby: Postgres, { nodes }: Scene): Promise<void> {
  await using sql = new SQL(standby.url('postgres'), { max: 1 })
  await sql.unsafe('SELECT pg_promote()')
  for (const { line } of nodes) line.moveTo(standby.port)
}

/** A node does not start where a standby could take over that has not everything. */
async function countRefusals(): Promise<number> {
  const primary = await startPostgres('fsync=on')
  const standby = await primary.startStandby('standby', primary.port)
  const { code, err } = await runServer({ flags: ['--database', await primary.create()] })
  await standby.stop()
  await primary.stop()
  return code !== 0 && err.includes('synchronous_standby_names') ? 1 : 0
}
