import { expect, test } from 'bun:test'
import { isLanguage, languageNames } from '../../src/shared/languages'
import { wordsFor } from '../../views/words'
import { dial, signIn } from '../helpers/client'
import { chooseSeed, createRandom } from '../helpers/random'
import { serverForAll } from '../helpers/server'

const server = serverForAll()

test('a script asks in the language of its page, whatever another tab has chosen', async () => {
  const ada = await signIn(server(), 'Page Reader')
  const paths = [
    ...[
      '/rooms/1',
      '/rooms/1/settings',
      '/rooms/1/people',
      '/rooms',
      '/people',
      '/search?q=nothing',
    ],
    ...['/rail?current=1', '/people?user=1', '/people?q=a', '/settings', '/help', '/invitations'],
    ...['/devices', '/log-out', '/media-kit', '/rooms/999/settings', '/rooms/1/export.txt', '/x'],
    ...['/rooms/1?part=around', '/rooms/1/messages?before=9', '/attachments/0/x', '/rooms/1/join'],
  ]
  const seed = chooseSeed()
  console.log(`seed ${seed}`)
  const random = createRandom(seed)
  const pick = (texts: string[]): string => texts[random(texts.length)] ?? ''
  const ask = async (path: string, headers: Record<string, string>, chosen: string) => {
    const cookie = `${ada.cookie}; chatroom_language=${chosen}`
    const all = { 'HX-Request': 'true', ...headers, Cookie: cookie }
    const answer = await fetch(server().origin + path, { headers: all })
    // What differs from one answer to the next, in any language.
    return (await answer.text()).replaceAll(/\d+[:.]\d+[:.]?\d*|chatroom_language=\w+/g, '')
  }
  for (const path of paths) {
    const inPage = pick([...languageNames, 'xx', 'EN', 'zh-Hans', '../en', ''])
    const chosen = pick([...languageNames, 'xx', ''])
    const taken = pick(languageNames)
    const wanted = [inPage, chosen].find(isLanguage) ?? taken
    const about = { seed, path, inPage, chosen, taken }
    const own = { 'Page-Language': inPage, 'Accept-Language': taken }
    const answer = await ask(path, {}, wanted)
    expect({ about, answer: await ask(path, own, chosen) }).toEqual({ about, answer })
    // What is fetched by its address alone names the language there.
    const named = `${path}${path.includes('?') ? '&' : '?'}language=${inPage}`
    if (path.endsWith('.txt'))
      expect({ about, answer: await ask(named, { 'Accept-Language': taken }, chosen) }).toEqual({
        ...{ about, answer },
      })
  }
})

test('a socket refuses in the language of its page', async () => {
  const ada = await signIn(server(), 'Page Talker')
  const both = { ...ada, cookie: `${ada.cookie}; chatroom_language=zh` }
  for (const language of languageNames) {
    const socket = dial(server(), both, { language })
    await new Promise((resolve) => socket.addEventListener('open', resolve))
    const heard = new Promise<string>((resolve) =>
      socket.addEventListener('message', ({ data }) => {
        if (String(data).includes('refused')) resolve(String(data))
      }),
    )
    socket.send(JSON.stringify({ type: 'message.post', room: 1, client_id: 'x', content: '' }))
    expect(await heard).toContain(wordsFor(language).problems.message_empty)
    socket.close()
  }
})
