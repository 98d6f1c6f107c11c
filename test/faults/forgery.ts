import type { BrowserPage } from '../helpers/browser'

/**
 * Everything that a page of somebody else can try against a server in which its visitor is signed
 * in; gives how much it tried. What it got is in `window.wins`.
 */
export function attackFrom(origin: string, mark: string): string {
  return `(async () => {
    window.wins = []
    const origin = ${JSON.stringify(origin)}
    const fields = (way) => ({ client_id: '${mark}-' + way, content: 'forged by ' + way })
    const form = (way) => new URLSearchParams(fields(way))
    const posts = [
      ['no-cors', { mode: 'no-cors', body: form('no-cors') }],
      ['cors', { body: form('cors') }],
      ['plain text', { mode: 'no-cors', body: JSON.stringify(fields('plain text')) }],
      ['json', { body: JSON.stringify(fields('json')),
        headers: { 'Content-Type': 'application/json' } }],
      ['multipart', { mode: 'no-cors', body: (() => {
        const data = new FormData()
        for (const [name, value] of Object.entries(fields('multipart'))) data.append(name, value)
        return data
      })() }],
    ]
    for (const [way, init] of posts) {
      await fetch(origin + '/rooms/1/messages', { method: 'POST', credentials: 'include', ...init })
        .catch(() => {})
    }
    navigator.sendBeacon(origin + '/rooms/1/messages', form('beacon'))
    const paths = ['/rooms/1', '/rooms/1/messages', '/rooms/1/export.txt', '/search?q=a']
    for (const path of paths) {
      await fetch(origin + path, { credentials: 'include' })
        .then((answer) => answer.text()).then(() => wins.push(path)).catch(() => {})
    }
    for (const protocol of ['chatroom.json', 'chatroom.html']) {
      await new Promise((resolve) => {
        const socket = new WebSocket(origin.replace('http', 'ws') + '/socket', protocol)
        socket.onmessage = () => (wins.push(protocol), socket.close(), resolve())
        socket.onclose = socket.onerror = () => resolve()
      })
    }
    const frame = Object.assign(document.createElement('iframe'), { name: 'hidden' })
    const sheet = Object.assign(document.createElement('form'),
      { action: origin + '/rooms/1/messages', method: 'post', target: 'hidden' })
    for (const [name, value] of Object.entries(fields('form'))) {
      sheet.append(Object.assign(document.createElement('input'), { name, value }))
    }
    document.body.append(frame, sheet)
    sheet.submit()
    await new Promise((resolve) => setTimeout(resolve, 300))
    return posts.length + 1 + paths.length + 2 + 1
  })()`
}

/** How many of the tries got something. */
export async function readWins(page: BrowserPage): Promise<number> {
  return page.evaluate<number>('window.wins.length')
}
