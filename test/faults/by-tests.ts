import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder, removeFolder } from '../helpers/folders'
import { type FaultTest, type Figures, unlike } from './promise'

type Size = {
  /** The planted fault: the tests do to the page what nobody may. */
  isPlanted?: boolean
}

type Options = Pick<FaultTest<Size>, 'id' | 'says'> & { files: string[]; wanted: Figures }

/**
 * A promise that tests of the suite try in a browser: they are the instrument, here at full size,
 * note what they measured, and with a planted fault have to fail.
 */
export function byTests({ id, says, files, wanted }: Options): FaultTest<Size> {
  return {
    id,
    says,
    small: {},
    full: {},
    outOfSuite: `It has ${files.join(' and ')}.`,
    run: ({ isPlanted = false }) => runTests(files, isPlanted),
    broken: (figures) => unlike(figures, { failed: 0, ...wanted }),
    control: () => runTests(files, true),
  }
}

/** Whether the tests of this process are to see a fault. */
export const isPlanted = process.env.CHATROOM_TEST_PLANTED === 'yes'

/** Notes what a test measured, for a run that collects the figures. */
export function note(figures: Figures): void {
  const path = process.env.CHATROOM_TEST_FIGURES
  if (path !== undefined) appendFileSync(path, `${JSON.stringify(figures)}\n`)
}

async function runTests(files: string[], isPlanted: boolean): Promise<Figures> {
  const folder = makeFolder()
  const path = join(folder, 'figures')
  const tests = Bun.spawn([process.execPath, 'test', ...files], {
    cwd: join(import.meta.dir, '..', '..'),
    env: {
      ...process.env,
      CHATROOM_TEST_FIGURES: path,
      CHATROOM_TEST_FULL: 'on',
      CHATROOM_TEST_PLANTED: isPlanted ? 'yes' : 'no',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const said = await new Response(tests.stderr).text()
  await tests.exited
  const lines = await Bun.file(path)
    .text()
    .catch(() => '')
  removeFolder(folder)
  const noted: Figures[] = lines
    .split('\n')
    .flatMap((line) => (line === '' ? [] : JSON.parse(line)))
  return {
    ...Object.assign({}, ...noted),
    passed: Number(/^ *(\d+) pass/m.exec(said)?.[1] ?? 0),
    failed: Number(/^ *(\d+) fail/m.exec(said)?.[1] ?? -1),
  }
}
