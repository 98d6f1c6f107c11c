import { expect, test } from 'bun:test'
import { languageNames } from '../../src/shared/languages'
import { wordsFor } from '../../views/words'
import { dial, signIn } from '../helpers/client'
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
  const ask = async (path: string, chosen: string, asked: Record<string, string>) => {
    const cookie = `${ada.cookie}; chatroom_language=${chosen}`
    const headers = { 'HX-Request': 'true', ...asked, Cookie: cookie }
    const answer = await fetch(server().origin + path, { headers })
    // What differs from one answer to the next, in any language.
    return (await answer.text()).replaceAll(/\d+[:.]\d+[:.]?\d*|chatroom_language=\w+/g, '')
  }
  for (const path of paths) {
    for (const [page, other] of [
      ['en', 'zh'],
      ['zh', 'en'],
    ] as const) {
      const wanted = await ask(path, page, {})
      expect([path, await ask(path, other, { 'Page-Language': page })]).toEqual([path, wanted])
      const query = `${path}${path.includes('?') ? '&' : '?'}language=${page}`
      if (path.endsWith('.txt')) expect([path, await ask(query, other, {})]).toEqual([path, wanted])
      expect([path, await ask(path, page, { 'Page-Language': 'xx' })]).toEqual([path, wanted])
    }
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
