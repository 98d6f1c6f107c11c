import { expect, test } from 'bun:test'
import { signIn } from '../helpers/client'
import { sendForm } from '../helpers/rooms'
import { serverForAll } from '../helpers/server'

const server = serverForAll()

async function firstBytes(cookie: string): Promise<string> {
  const answer = await fetch(server().origin, { headers: { Cookie: cookie } })
  return (await answer.text()).slice(0, 600)
}

test('a preference is in the first bytes of every page', async () => {
  expect(await firstBytes('')).toContain('<html lang="en" data-density="comfortable"')
  const chosen = await firstBytes(
    'chatroom_theme=dark; chatroom_density=compact; chatroom_enter=line',
  )
  expect(chosen).toContain(
    '<html lang="en" data-theme="dark" data-density="compact" data-enter="line"',
  )
})

test('the colour of the browser’s frame is the theme’s, or with Auto the system’s', async () => {
  const coloursOf = async (cookie: string): Promise<string[]> => {
    const answer = await fetch(server().origin, { headers: { Cookie: cookie } })
    const found = (await answer.text()).matchAll(/<meta name="theme-color" content="(#\w+)"/g)
    return [...found].map(([, colour]) => colour ?? '')
  }
  expect(await coloursOf('')).toEqual(['#f5f2ec', '#12151b'])
  expect(await coloursOf('chatroom_theme=auto')).toEqual(['#f5f2ec', '#12151b'])
  expect(await coloursOf('chatroom_theme=dark')).toEqual(['#12151b', '#12151b'])
  expect(await coloursOf('chatroom_theme=light')).toEqual(['#f5f2ec', '#f5f2ec'])
})

test('a cookie that was edited by hand has no effect', async () => {
  for (const junk of ['neon', '"><script>', 'dark"x', '__proto__', '']) {
    const page = await firstBytes(`chatroom_theme=${junk}; chatroom_density=${junk}`)
    expect(page).toContain('<html lang="en" data-density="comfortable"')
  }
})

test('a form that sends itself gets its cookies, and the page stays', async () => {
  const answer = await fetch(`${server().origin}/preferences`, {
    method: 'POST',
    headers: { 'HX-Request': 'true' },
    body: new URLSearchParams({ theme: 'dark', language: 'zh' }),
  })
  expect(answer.status).toBe(204)
  expect(answer.headers.get('HX-Redirect')).toBeNull()
  const cookies = answer.headers.getSetCookie().join()
  expect(cookies).toContain('chatroom_theme=dark')
  expect(cookies).toContain('chatroom_language=zh')
})

test('an unknown choice is refused, and nothing of its form is kept', async () => {
  const ada = await signIn(server(), 'Ada')
  const bad: Record<string, string>[] = [
    { theme: 'neon' },
    { theme: 'dark', enter: 'maybe' },
    { colour: 'red' },
    {},
  ]
  for (const fields of bad) {
    const answer = await sendForm(server(), ada, '/preferences', fields)
    expect(answer.status).toBe(400)
    expect(answer.headers.getSetCookie()).toEqual([])
  }
  const several = await sendForm(server(), ada, '/preferences', {
    theme: 'dark',
    density: 'compact',
    from: 'settings',
  })
  expect(several.status).toBe(303)
  expect(several.headers.get('location')).toBe('/settings')
  expect(several.headers.getSetCookie().length).toBe(2)
})

test('signing out deletes the preferences, unless the computer is one’s own', async () => {
  const left = async (name: string, fields: Record<string, string>): Promise<string[]> => {
    const answer = await sendForm(server(), await signIn(server(), name), '/session/end', fields)
    return [answer.headers.get('clear-site-data') ?? '', ...answer.headers.getSetCookie()]
  }
  for (const [name, fields] of [
    ['Bo', { asked: 'yes', shared: 'yes' }],
    ['Cy', {}],
  ] as const) {
    const [site, ...cookies] = await left(name, { ...fields })
    expect(site).toBe('"cache", "storage"')
    expect(cookies.join()).toMatch(/chatroom_theme=;.*Max-Age=0.*chatroom_room=;.*Max-Age=0/)
  }
  const [site, ...cookies] = await left('Di', { asked: 'yes' })
  expect(site).toBe('"cache"')
  expect(cookies.length).toBe(1)
})
