import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const memory = '/dev/shm'
const memoryBytesMin = 4 * 1024 ** 3
const folders = new Set<string>()

/** A temporary folder that is gone when the tests of the file are, unless it was removed before. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(foldersAt(), 'chatroom-test-'))
  folders.add(folder)
  return folder
}

/**
 * Where temporary folders are made. `test/setup.ts` lets the suite use memory where there is enough
 * of it; benchmarks and faults at full size wait for the disk as a server does.
 */
export function foldersAt(): string {
  if (process.env.CHATROOM_TEST_FOLDERS !== 'memory' || !existsSync(memory)) return tmpdir()
  const { bavail, bsize } = statfsSync(memory)
  return bavail * bsize >= memoryBytesMin ? memory : tmpdir()
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  folders.delete(folder)
}

/** `test/setup.ts` calls it after all tests of a file, which a worker may outlive. */
export function removeFolders(): void {
  for (const folder of folders) removeFolder(folder)
}

process.on('exit', removeFolders)
