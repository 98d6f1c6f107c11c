import { expect, test } from 'bun:test'
import { signIn } from '../helpers/client'
import { comeBack, makeCode, makeLink } from '../helpers/devices'
import { chooseSeed, createRandom } from '../helpers/random'
import { originOf, serverForAll } from '../helpers/server'

const server = serverForAll()

/**
 * Sends a form as a browser does, which follows what it is told to. One that refuses cookies sends
 * none; the other one sends those that it was given.
 */
async function submit(path: string, fields: Record<string, string>, takes: boolean, htmx = false) {
  const { origin } = server()
  const jar = new Map<string, string>()
  for (let url = origin + path; ;) {
    const answer = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        Accept: htmx ? '*/*' : 'text/html,application/xhtml+xml',
        'Accept-Language': 'en',
        Origin: originOf(server()),
        Cookie: [...jar].map((pair) => pair.join('=')).join('; '),
        ...(htmx ? { 'HX-Request': 'true' } : {}),
      },
      body: new URLSearchParams(fields),
    })
    for (const cookie of takes ? answer.headers.getSetCookie() : []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      jar.set(name, value)
    }
    if (answer.status !== 307) return { answer, text: await answer.text(), jar }
    url = new URL(answer.headers.get('location') ?? '', url).href
  }
}

const refusal = 'This browser refuses cookies'

test('a browser that refuses cookies is told so, and takes nobody’s name', async () => {
  const seed = chooseSeed()
  console.log(`seed ${seed}`)
  const random = createRandom(seed)
  const names = ['Nora', '梅 花', 'Zoë', 'Ødegård', 'مريم', 'O’Neil', '🐝 bee', 'a+b=c', '50%']
  for (let round = 0; round < 12; round += 1) {
    const name = `${names[random(names.length)]} ${round}`
    const about = { seed, round, name }
    // As often as somebody tries it, by a form or by its script.
    for (let tries = random(3); tries >= 0; tries -= 1) {
      const { answer, text } = await submit('/session', { nickname: name }, false, random(2) === 0)
      expect({ about, status: answer.status }).toEqual({ about, status: 422 })
      expect(text).toContain(refusal)
      // What was typed is still there.
      expect(text).toContain(`value="${name}"`)
    }
    const { jar } = await submit('/session', { nickname: name }, true, random(2) === 0)
    const session = [...jar].find(([cookie]) => /^chatroom_[0-9a-f]+$/.test(cookie))
    const page = await fetch(`${server().origin}/rooms/1`, {
      headers: { Cookie: session?.join('=') ?? '' },
    })
    expect({ about, status: page.status }).toEqual({ about, status: 200 })
    expect(await page.text()).toContain(name)
  }
})

test('a browser that refuses cookies spends no recovery code and claims no link', async () => {
  const olga = await signIn(server(), 'Olga')
  const code = await makeCode(server(), olga)
  const link = await makeLink(server(), olga)
  expect((await submit('/session', { nickname: 'Olga', code }, false)).text).toContain(refusal)
  expect((await submit(link, {}, false)).text).toContain(refusal)
  expect((await submit(link, {}, true)).answer.status).toBe(303)
  expect(await comeBack(server(), 'Olga', code)).toMatchObject({ nickname: 'Olga' })
})

test('a script that keeps its cookies itself signs in with one request', async () => {
  const answer = await fetch(`${server().origin}/session`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ nickname: 'Robot' }),
  })
  expect(answer.status).toBe(303)
})
