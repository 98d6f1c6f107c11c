import { expect, test } from 'bun:test'
import { loadAssets } from '../../src/assets'
import { createApp } from '../../src/http/app'
import type { HttpDeps } from '../../src/http/context'
import { createPaths } from '../../src/shared/paths'
import { actOn, idOf } from '../helpers/acts'
import { type Person, signIn } from '../helpers/client'
import { makeLink } from '../helpers/devices'
import { becomeOwner, ownerLinkOf } from '../helpers/owners'
import { inviteTo, letIn, makeRoom, openDirect, sendForm } from '../helpers/rooms'
import { originOf, serverForAll } from '../helpers/server'

const server = serverForAll({ env: { CHATROOM_RATE_LIMITS: 'off' } })

const routes = (() => {
  const parts = { chat: { paths: createPaths('/'), config: { publicUrl: null }, store: {} } }
  const app = createApp({ ...parts, assets: loadAssets() } as unknown as HttpDeps)
  return app.routes.filter(({ method, path }) => method !== 'ALL' && path !== '/socket')
})()

type Asked = { method: string; path: string; person: Person | null; language: 'en' | 'zh' }
type Page = { status: number; html: string }

/** What a browser without a script shows; null for what is no whole page. */
async function ask({ method, path, person, language }: Asked): Promise<Page | null> {
  const answer = await fetch(server().origin + path, {
    method,
    redirect: 'manual',
    headers: {
      Accept: 'text/html',
      'Accept-Encoding': 'identity',
      'Accept-Language': language,
      Cookie: person?.cookie ?? '',
      Origin: originOf(server()),
    },
    body: method === 'POST' ? new URLSearchParams() : null,
  })
  const html = await answer.text()
  return html.startsWith('<!doctype html>') ? { status: answer.status, html } : null
}

/** What is wrong with a page, for people who hear it or look at their tabs. */
function faultsOf({ html }: Page, language: 'en' | 'zh'): string[] {
  const headings = html.match(/<h1[\s>]/g)?.length ?? 0
  const mains = html.match(/<main[\s>]/g)?.length ?? 0
  const lang = /<html [^>]*\blang="([^"]*)"/.exec(html)?.[1]
  const title = /<title>([^<]*)<\/title>/.exec(html)?.[1]?.trim() ?? ''
  return [
    ...(headings === 1 ? [] : [`${headings} h1`]),
    ...(mains === 1 ? [] : [`${mains} main`]),
    ...(lang === (language === 'en' ? 'en' : 'zh-Hans') ? [] : [`lang ${lang}`]),
    ...(/^[^·\s]/.test(title) ? [] : [`title “${title}”`]),
  ]
}

test('every page without a script has one heading, its language and a title', async () => {
  const [olga, ben, cai] = [
    await signIn(server(), 'Olga'),
    await signIn(server(), 'Ben'),
    await signIn(server(), 'Cai'),
  ]
  await becomeOwner(server(), olga)
  const [benId, caiId] = [await idOf(server(), ben), await idOf(server(), cai)]
  const open = await makeRoom(server(), ben, 'Harbour')
  const closed = await makeRoom(server(), ben, 'Cellar', 'closed')
  await letIn(server(), ben, closed, olga)
  await inviteTo(server(), ben, closed, caiId)
  const direct = await openDirect(server(), olga, benId)
  await sendForm(server(), ben, `/rooms/1/messages`, { client_id: 'one', content: 'Read me' })
  await sendForm(server(), olga, `/rooms/1/messages/2/report`)
  const made = await actOn(server(), olga, 'way-back', caiId)
  const wayBack = /\/way-back\/[\w-]{22}/.exec(await made.text())?.[0] ?? ''
  const device = await makeLink(server(), ben)
  const banned = await signIn(server(), 'Mallory')
  await actOn(server(), olga, 'ban', await idOf(server(), banned), { reason: 'Spam' })
  const people = [olga, ben, cai, banned, null]
  const ids = [1, open, closed, direct]
  const more = [
    ...ids.flatMap((id) => [`/rooms/${id}/mute?user=${caiId}`, `/rooms/${id}/people?q=a`]),
    ...[
      `/people?user=${benId}`,
      '/people?q=a',
      '/search?q=read',
      '/rooms?mine=yes',
      wayBack,
      device,
    ],
    ...[`/admin/person?user=${caiId}`, '/admin/people?q=a', await ownerLinkOf(server())],
    '/nothing',
  ]
  const asked = routes.flatMap(({ method, path }) => {
    const filled = path.startsWith('/rooms/:id')
      ? ids.map((id) => path.replace(':id', `${id}`).replace(':seq', '2'))
      : [path.replace(/:\w+\??/g, 'x')]
    // A log-out would end the session.
    return path.startsWith('/session/') ? [] : filled.map((one) => ({ method, path: one }))
  })
  const pages = [...asked, ...more.map((path) => ({ method: 'GET', path }))]
  const faults: string[] = []
  let found = 0
  for (const [n, page] of pages.entries()) {
    const looks = people.map(async (person, m) => {
      const language = (n + m) % 2 === 0 ? ('en' as const) : ('zh' as const)
      const shown = await ask({ ...page, person, language })
      if (shown === null) return
      found += 1
      for (const fault of faultsOf(shown, language)) {
        faults.push(`${page.method} ${page.path} (${person?.nickname}, ${shown.status}): ${fault}`)
      }
    })
    await Promise.all(looks)
  }
  expect(faults).toEqual([])
  expect(found).toBeGreaterThan(pages.length)
})
