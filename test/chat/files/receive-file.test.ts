import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { readCommand } from '../../../src/config'
import { flushBytes } from '../../../src/chat/files/receive-file'
import { startServer } from '../../../src/server'
import { type FileStore, openFolderFiles } from '../../../src/store/files'
import { openStore } from '../../../src/store/sqlite/sqlite'
import { signIn } from '../../helpers/client'
import { chunk, png, upload } from '../../helpers/files'
import { rules } from '../../store/engine'
import { makeFolder, removeFolder } from '../../helpers/folders'

test('no sync of a message waits for more than a portion of a file', async () => {
  const data = makeFolder()
  const command = readCommand(['--port', '0', '--host', '127.0.0.1', '--data', data], {})
  if (command.kind !== 'serve') throw new Error('it serves')
  const store = openStore({ folder: data, ...rules, now: Date.now })
  if ('problem' in store) throw new Error(store.problem)
  const watched = watch(openFolderFiles(join(data, 'files'), store.filesId))
  const house = startServer(command.config, { store, files: watched.files }, () => {})
  const origin = `http://127.0.0.1:${house.port}`
  const server = { port: house.port, origin }
  const ada = await signIn(server, 'Ada')
  const noise = crypto.getRandomValues(new Uint8Array(60_000))
  const words = chunk('tEXt', Buffer.from('Comment\0near Eiffel'))
  const parts = Array.from({ length: 30 }, () => chunk('IDAT', noise))
  for (const extra of [parts, [words, ...parts]]) {
    watched.most = 0
    const { size } = await upload(server, ada, png(4, 4, [1, 2, 3], [4, 4], extra))
    expect(size).toBeGreaterThan(1_800_000)
    expect(watched.most).toBeGreaterThan(0)
    expect(watched.most).toBeLessThanOrEqual(flushBytes * 2)
  }
  await house.stop()
  removeFolder(data)
})

/** The same store, and the largest number of bytes that were written and not yet synced. */
function watch(files: FileStore): { files: FileStore; most: number } {
  const watched = { files, most: 0 }
  watched.files = {
    ...files,
    async begin() {
      const draft = await files.begin()
      let waiting = 0
      return {
        ...draft,
        write(bytes) {
          waiting += bytes.length
          watched.most = Math.max(watched.most, waiting)
          return draft.write(bytes)
        },
        flush() {
          waiting = 0
          return draft.flush()
        },
      }
    },
  }
  return watched
}
