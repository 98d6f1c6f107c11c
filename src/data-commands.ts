import type { readCommand } from './config'
import { type Amount, placeOf } from './store/backup/archive'
import { backUp } from './store/backup/backup'
import { importFolder } from './store/backup/import'
import { restore } from './store/backup/restore'
import type { Progress } from './store/backup/tables'
import type { Problem } from './store/problem'
import { version } from './version'

/** A command for all data of a server. */
export type DataCommand = Extract<
  ReturnType<typeof readCommand>,
  { kind: 'backup' | 'restore' | 'import' }
>

/** Does it; gives what to say in the end, and says meanwhile how far it is. */
export async function doOnData(
  command: DataCommand,
  write: (line: string) => void,
): Promise<{ said: string } | Problem> {
  const { dataFolder: folder, database, files } = command
  const progress = createProgress(write, Date.now)
  const place = placeOf({ folder, database })
  if (command.kind === 'import') {
    const made = await importFolder({ ...command, folder, progress })
    if ('problem' in made) return made
    return { said: `Imported ${amountOf(made)} from ${command.from} into ${place}.` }
  }
  const { file } = command
  if (command.kind === 'restore') {
    const made = await restore(file, folder, files, { database, progress })
    return 'problem' in made ? made : { said: `Restored ${amountOf(made)} into ${place}.` }
  }
  const about = { version, now: Date.now, signal: stopSignal() }
  const made = await backUp({ folder, database, files, file, ...about })
  return 'problem' in made ? made : { said: `Backed up ${amountOf(made)} to ${file}.` }
}

function stopSignal(): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop.abort())
  return stop.signal
}

function amountOf({ messages, files, bytes }: Amount): string {
  return `${messages} messages and ${files} files (${(bytes / 1024 ** 2).toFixed(1)} MB)`
}

/** A line at most as often. */
const pauseMs = 2_000

/**
 * Tells how far something is, and how long the rest takes at the same pace: now and then, and at
 * the end of each part.
 */
export function createProgress(write: (line: string) => void, now: () => number): Progress {
  let [part, startedAt, toldAt, isOver] = ['', 0, 0, false]
  return ({ of, done, total }) => {
    if (of !== part) [part, startedAt, toldAt, isOver] = [of, now(), now(), false]
    const isDone = done >= total
    if (isOver || (!isDone && now() - toldAt < pauseMs)) return
    isOver = isDone
    toldAt = now()
    const left = Math.ceil(((now() - startedAt) * (total - done)) / Math.max(done, 1) / 1_000)
    const amount = of === 'rows' ? `${done} of ${total} rows` : `${megabytes(done, total)} of files`
    const percent = total === 0 ? 100 : Math.floor((done * 100) / total)
    write(`${amount} (${percent} %)${isDone ? '' : `, ${timeOf(left)} left`}`)
  }
}

function megabytes(...amounts: number[]): string {
  const [done, total] = amounts.map((bytes) => (bytes / 1024 ** 2).toFixed(1))
  return `${done} of ${total} MB`
}

function timeOf(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.ceil(seconds / 60)
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
