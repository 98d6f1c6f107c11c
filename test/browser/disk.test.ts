import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { sizeLimit } from '../faults/disk-faults'
import type { BrowserPage } from '../helpers/browser'
import {
  makeFolder,
  removeFolder,
  type RunningServer,
  runServer,
  startServer,
} from '../helpers/server'
import { connected, enter, expectTexts, rows, say, sees } from './people'

let server: RunningServer
let ada: BrowserPage
let grace: BrowserPage

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

test('while the disk takes nothing a message waits, says why, and goes by itself', async () => {
  await say(ada, 'Before')
  await sees(grace, 'Before')
  await sizeLimit.begin(server, async () => false)
  await say(ada, 'Kept in the browser')
  const note = `document.querySelector('.msg--pending .msg__state span')?.textContent`
  await ada.waitFor(`${note}?.includes('could not save')`, 'the reason')
  expect((await rows(ada)).at(-1)).toMatchObject({ isPending: true, isFailed: false })
  expect(await ada.evaluate<boolean>(`document.querySelector('#connection').hidden`)).toBe(true)
  await sizeLimit.end(server)
  await sees(grace, 'Kept in the browser')
  await expectTexts(ada, ['Before', 'Kept in the browser'])
})

test('open pages notice that the house was restored, show what it knows, and go on', async () => {
  const place = makeFolder()
  const file = join(place, 'backup.tar')
  expect((await runServer({ data: server.data, port: null, flags: ['backup', file] })).code).toBe(0)
  await say(ada, 'Said after the backup')
  await sees(grace, 'Said after the backup')
  await server.stop()
  for (const name of readdirSync(server.data)) rmSync(join(server.data, name), { recursive: true })
  expect((await runServer({ data: server.data, port: null, flags: ['restore', file] })).code).toBe(
    0,
  )
  await server.restart()
  const isEarlier = `document.querySelectorAll('#timeline > .msg').length === 2`
  for (const page of [ada, grace]) await page.waitFor(isEarlier, 'the earlier room', 30_000)
  for (const page of [ada, grace]) await connected(page)
  await say(grace, 'Here we are')
  await sees(ada, 'Here we are')
  for (const page of [ada, grace]) {
    await expectTexts(page, ['Before', 'Kept in the browser', 'Here we are'])
  }
  removeFolder(place)
})
