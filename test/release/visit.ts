import { deepStrictEqual as same, ok } from 'node:assert'
import { fetchAs, photo, postFiles, upload } from '../helpers/files'
import { history, openSocket, type Person, signIn } from '../helpers/client'
import type { Platform } from './platforms'
import { runToEnd, start } from './programs'

/**
 * What everybody does with an executable: looks at its version, starts it, signs in, posts,
 * uploads, asks for its health, makes a backup, ends it with Ctrl-C, restores. Fails when anything
 * is not as it should be.
 */
export async function visit(platform: Platform, folder: string, version: string): Promise<void> {
  const run = (...args: string[]) => runToEnd(platform.command(folder, args))
  const path = (file: string): string => platform.path(folder, file)
  const shown = await run('--version')
  same(shown.code, 0, shown.text)
  ok(shown.text.includes(`${version} (`), `a version with its commit, not ${shown.text}`)

  const flags = ['--data', path('chat data')]
  const first = await start(platform.command(folder, [...flags, '--port', '0']))
  const ada = await signIn(first, '梅 Ada')
  const picture = new Uint8Array(photo.jpeg)
  await talk(first, ada, picture)

  const second = await run(...flags, '--port', '0')
  ok(second.code === 1 && /already running on the data folder/.test(second.text), second.text)
  const health = await run('health', '--port', String(first.port))
  same(health.code, 0, health.text)
  const backup = await run('backup', path('backup.tar'), ...flags)
  ok(backup.code === 0 && backup.text.includes('1 files'), backup.text)
  await first.end()

  const restoredFlags = ['--data', path('restored')]
  const restored = await run('restore', path('backup.tar'), ...restoredFlags)
  same(restored.code, 0, restored.text)
  const after = await start(platform.command(folder, [...restoredFlags, '--port', '0']))
  await lookAt(after, ada, picture)
  await after.end()
}

type Address = { origin: string }

/** Posts a message and a picture, and looks whether they are there. */
export async function talk(
  server: Address,
  ada: Person,
  picture: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const socket = await openSocket(server, ada)
  const answer = await socket.post(1, 'visit-1', 'Hello\r\n你好 🎉')
  same(answer.type, 'accepted')
  const { id } = await upload(server, ada, picture, { name: 'a: "b"?.jpg', type: 'image/jpeg' })
  const posted = await postFiles(server, ada, 1, 'visit-2', [id], 'with a picture')
  same(posted.type, 'accepted')
  await lookAt(server, ada, picture)
  await socket.close()
}

/** The room holds both messages, and the picture as it was sent. */
async function lookAt(
  server: Address,
  ada: Person,
  picture: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const messages = await history(server, ada, 1)
  const contents = messages.map(({ content }) => content.replaceAll('\r\n', '\n'))
  same(contents, ['Hello\n你好 🎉', 'with a picture'])
  const url = messages[1]?.attachments[0]?.url ?? ''
  const file = await fetchAs(server, ada, url)
  same(new Uint8Array(await file.arrayBuffer()), picture, 'the picture came back changed')
  const page = await (await fetchAs(server, ada, '/rooms/1')).text()
  ok(page.includes('with a picture'), 'the page has no messages')
}
