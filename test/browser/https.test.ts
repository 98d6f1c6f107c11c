import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openSocket, signIn } from '../helpers/client'
import { type HttpsServer, startHttps } from '../helpers/https'
import { basePath } from '../helpers/server'
import { addressOf, type ChatPage, enter } from './pages/chat-page'
import { expectAccessible } from './pages/chat-page'

let server: HttpsServer
let mei: ChatPage

beforeAll(async () => {
  server = await startHttps({ flags: ['--https'] })
  mei = await enter(server.port, 'Mei', 'mei')
  // As if the device had taken the certificate, which P32 tries.
  await mei.cdp('Security.setIgnoreCertificateErrors', { ignore: true })
})
afterAll(async () => {
  mei.close()
  await server.dispose()
})

test('somebody goes from HTTP to HTTPS, and talks on as the same person', async () => {
  await mei.send('over HTTP')
  await mei.sees('over HTTP')
  const before = await mei.userId()
  await mei.part('#bell-menu a').press()
  await mei.at('/certificate')
  await mei.part('.panel--page .qr').shown()
  await expectAccessible(mei)

  await mei.part('.panel--page .btn--fill').press()
  await mei.part('.go-on').shown()
  await expectAccessible(mei)
  expect(await mei.evaluate('location.protocol')).toBe('https:')
  await mei.part('.go-on button').press()
  await mei.connected()
  expect(await mei.userId()).toBe(before)
  await mei.send('over HTTPS')
  await mei.sees('over HTTPS')

  const ada = await openSocket(server, await signIn(server, 'Ada'))
  await ada.post(1, 'a', 'from HTTP')
  await mei.sees('from HTTP')
  await ada.close()
  // Whom the network could have been, it is not any more.
  await mei.goto(addressOf(server.port, 'mei'))
  await mei.signInDialog.shown()
  expect(await mei.part(`#sign-in a[href="${basePath()}/certificate"]`).isThere()).toBe(true)
  // The page goes on with a certificate that nobody took, the service worker does not.
  const isWorkers = (problem: string): boolean => problem.includes('when fetching the script')
  expect(mei.problems.filter((problem) => !isWorkers(problem))).toEqual([])
})
