import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder, removeFolder } from '../helpers/folders'
import { runServer } from '../helpers/server'

/**
 * Kills backups of the server in `folder`, and restores of `file`, at random moments. Nothing that
 * looks whole may be left that is not: a file is a backup, or has not its name; a folder opens as a
 * server with everything, or not at all, and can be restored into again.
 */
export async function cutBackups(
  file: string,
  folder: string,
  cuts: number,
): Promise<{ cuts: number; halfBackups: number; halfRestores: number }> {
  const place = makeFolder()
  const back = join(place, 'back.tar')
  const startedAt = performance.now()
  await runServer({ data: folder, port: null, flags: ['backup', back] })
  const wholeMs = performance.now() - startedAt
  const moment = (): number => wholeMs * (0.2 + Math.random())
  let [halfBackups, halfRestores] = [0, 0]
  for (let n = 0; n < cuts; n += 1) {
    const cut = join(place, `cut-${n}.tar`)
    await runServer({ data: folder, port: null, flags: ['backup', cut], killAfterMs: moment() })
    const into = join(place, `from-cut-${n}`)
    if (existsSync(cut) && !(await isWhole(cut, into))) halfBackups += 1

    const restored = join(place, `restored-${n}`)
    await runServer({ data: restored, port: null, flags: ['restore', file], killAfterMs: moment() })
    if (!(await isWholeOrNothing(file, restored))) halfRestores += 1
  }
  removeFolder(place)
  return { cuts, halfBackups, halfRestores }
}

async function isWhole(file: string, into: string): Promise<boolean> {
  return (await runServer({ data: into, port: null, flags: ['restore', file] })).code === 0
}

/** What a restore that was killed left must be refused as a data folder, or be all of it. */
async function isWholeOrNothing(file: string, folder: string): Promise<boolean> {
  if (existsSync(join(folder, 'restoring'))) {
    const opened = await runServer({ data: folder, killAfterMs: 5_000 })
    if (opened.code !== 1 || !opened.err.includes('not finished')) return false
  }
  const again = await runServer({ data: folder, port: null, flags: ['restore', file] })
  if (again.code === 0) return true
  // It was ready when it was killed: then it is not empty, and all of it is there.
  const copy = `${folder}.tar`
  const made = await runServer({ data: folder, port: null, flags: ['backup', copy] })
  return made.code === 0 && Bun.file(copy).size === Bun.file(file).size
}
