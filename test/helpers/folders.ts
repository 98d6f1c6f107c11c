import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folders = new Set<string>()

/** A temporary folder that is gone when the tests of the file are, unless it was removed before. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chatroom-test-'))
  folders.add(folder)
  return folder
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
