import { Database } from 'bun:sqlite'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Person, signIn } from '../helpers/client'
import { postFiles, upload } from '../helpers/files'
import { type RunningServer, startServer } from '../helpers/server'
import { waitUntil } from '../helpers/wait'

export type UploadFigures = {
  rounds: number
  /** Uploads that were answered before the server died. */
  kept: number
  /** Uploads that were not. */
  cut: number
  rowsWithoutFile: number
  filesWithoutRow: number
  drafts: number
}

/**
 * Kills the server in the middle of uploads, again and again, and compares rows with files once
 * the janitor has been. At full size: `bun test/faults/uploads.ts --rounds 10`.
 */
export async function killUploads(rounds: number, uploads = 20): Promise<UploadFigures> {
  await using server = await startServer()
  const people = await Promise.all(
    Array.from({ length: Math.ceil(uploads / 4) }, (_, n) => signIn(server, `Sender ${n}x`)),
  )
  let kept = 0
  for (let round = 0; round < rounds; round += 1) {
    const sent = Array.from({ length: uploads }, (_, n) =>
      send(server, people[n % people.length], round * uploads + n),
    )
    // The shortest takes 32 ms: the first round is in the middle of all of them.
    await Bun.sleep(20 + ((round * 47) % 150))
    await server.kill()
    kept += (await Promise.all(sent)).filter((isKept) => isKept).length
    await server.restart()
  }
  const drafts = await settled(server)
  const [rows, files] = [rowsOf(server.data), filesIn(join(server.data, 'files'))]
  return {
    rounds,
    kept,
    cut: rounds * uploads - kept,
    rowsWithoutFile: rows.filter((id) => !files.includes(id)).length,
    filesWithoutRow: files.filter((id) => !rows.includes(id)).length,
    drafts,
  }
}

/** Uploads some 2 MB slowly enough to be killed in the middle, and says it in a message. */
async function send(
  server: RunningServer,
  person: Person | undefined,
  n: number,
): Promise<boolean> {
  if (person === undefined) throw new Error('somebody sends')
  const parts = 4 + (n % 16)
  const body = new ReadableStream({
    async pull(controller) {
      for (let part = 0; part < parts; part += 1) {
        controller.enqueue(crypto.getRandomValues(new Uint8Array(60_000)))
        await Bun.sleep(8)
      }
      controller.close()
    },
  })
  try {
    const { id } = await upload(server, person, body)
    await postFiles(server, person, 1, `upload-${n}`, [id])
    return true
  } catch {
    return false
  }
}

/** Waits until the janitor has been at the drafts; how many it left. */
async function settled({ data }: RunningServer): Promise<number> {
  const left = (): number => readdirSync(join(data, 'files', 'drafts')).length
  const hasRows = (): boolean =>
    filesIn(join(data, 'files')).every((id) => rowsOf(data).includes(id))
  await waitUntil(() => left() === 0 && hasRows(), 'the janitor', 5_000).catch(() => {})
  return left()
}

export function filesIn(folder: string): string[] {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = found.filter((entry) => entry.isFile() && entry.name !== 'belongs-to')
  return files.map(({ name }) => name)
}

export function rowsOf(data: string): string[] {
  const db = new Database(join(data, 'chatroom.db'), { readonly: true })
  const rows = db.query<{ id: string }, []>('SELECT id FROM attachments').all()
  db.close()
  return rows.map(({ id }) => id)
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '10' } } })
  console.log(JSON.stringify(await killUploads(Number(values.rounds))))
  process.exit(0)
}
