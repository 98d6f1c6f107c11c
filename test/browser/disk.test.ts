import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { sizeLimit } from '../faults/disk-faults'
import { makeFolder, removeFolder } from '../helpers/folders'
import { type RunningServer, runServer, startServer } from '../helpers/server'
import { type ChatPage, enter, expectTexts } from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
let grace: ChatPage

beforeAll(async () => {
  server = await startServer()
  ada = await enter(server.port, 'Ada', 'a')
  grace = await enter(server.port, 'Grace', 'b')
})

afterAll(async () => {
  ada.close()
  grace.close()
  await server.dispose()
})

test('while the disk is full a message waits, says why, and is sent by itself later', async () => {
  await ada.send('Before')
  await grace.sees('Before')
  await sizeLimit.begin(server, async () => false)
  await ada.send('Kept in the browser')
  await ada.part('.msg--pending .msg__state span').reads('could not save')
  expect((await ada.rows()).at(-1)).toMatchObject({ isPending: true, isFailed: false })
  expect(await ada.connection.isShown()).toBe(false)
  await sizeLimit.end(server)
  await grace.sees('Kept in the browser')
  await expectTexts(ada, ['Before', 'Kept in the browser'])
})

test('open pages notice that the server was restored from a backup, and go on', async () => {
  const place = makeFolder()
  const file = join(place, 'backup.tar')
  expect((await runServer({ data: server.data, port: null, flags: ['backup', file] })).code).toBe(0)
  await ada.send('Said after the backup')
  await grace.sees('Said after the backup')
  await server.stop()
  for (const name of readdirSync(server.data)) rmSync(join(server.data, name), { recursive: true })
  expect((await runServer({ data: server.data, port: null, flags: ['restore', file] })).code).toBe(
    0,
  )
  await server.restart()
  const isEarlier = `document.querySelectorAll('#timeline > .msg').length === 2`
  for (const page of [ada, grace]) await page.waitFor(isEarlier, 'the earlier room', 30_000)
  for (const page of [ada, grace]) await page.connected()
  await grace.send('Here we are')
  await ada.sees('Here we are')
  for (const page of [ada, grace]) {
    await expectTexts(page, ['Before', 'Kept in the browser', 'Here we are'])
  }
  removeFolder(place)
})
