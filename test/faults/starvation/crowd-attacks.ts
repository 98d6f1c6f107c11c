import { ask, inLines, open } from './lines'
import { head, type IsOn, type Order, say, type Tried, upgrade } from './orders'

/** Exports that nobody reads, as many as there are. */
export async function exports(order: Order, isOn: IsOn): Tried {
  const line = `GET /rooms/${order.room}/export.html`
  return inLines(order.cookies.length, isOn, async (n) => {
    const { socket, isOpen } = await open(order.port, head(order, line, n))
    socket.pause()
    // A refusal is read by nobody either.
    for (let ms = 0; isOn() && isOpen() && ms < 5_000; ms += 50) await Bun.sleep(50)
    socket.destroy()
  })
}

/** Uploads of all people of the address at once, a letter at a time. */
export async function fullSlots(order: Order, isOn: IsOn): Tried {
  const more = ['Content-Length: 1000000', 'X-Filename: slow.bin']
  return inLines(order.cookies.length * 4, isOn, async (n) => {
    const written = head(order, 'POST /attachments', n, more)
    const { socket, isOpen } = await open(order.port, written, false)
    while (isOn() && isOpen()) {
      socket.write('x')
      await Bun.sleep(250)
    }
    socket.destroy()
    await Bun.sleep(100)
  })
}

/** Forms with files that are refused, whose bytes arrive all the same. */
export async function skipped(order: Order, isOn: IsOn): Tried {
  const part = (n: number, size: number): Buffer =>
    Buffer.concat([
      Buffer.from(
        `--b\r\nContent-Disposition: form-data; name="files"; filename="${n}"\r\n` +
          `Content-Type: x/y\r\n\r\n`,
      ),
      Buffer.alloc(size),
      Buffer.from('\r\n'),
    ])
  // An empty file is refused, and all after it are skipped.
  const parts = Array.from({ length: 10 }, (_, n) => part(n, n === 0 ? 0 : 100_000))
  const body = Buffer.concat([...parts, Buffer.from('--b--\r\n')])
  const more = [
    'Content-Type: multipart/form-data; boundary=b',
    `Content-Length: ${body.length}`,
    'Connection: close',
  ]
  const line = `POST /rooms/${order.room}/messages`
  return inLines(20, isOn, (n) => ask(order.port, head(order, line, n, more), body))
}

/** The lists of rooms, as pages and as data. */
export async function rails(order: Order, isOn: IsOn): Tried {
  const paths = ['/rail', '/rooms', `/rooms/${order.room}/settings`]
  return inLines(50, isOn, (n) => {
    const accept = n % 2 === 0 ? 'application/json' : 'text/html'
    const more = ['Connection: close', `Accept: ${accept}`]
    return ask(order.port, head(order, `GET ${paths[n % paths.length]}`, n, more))
  })
}

/** Reactions on the message that takes longest to draw, set and taken back by everybody. */
export async function reactions(order: Order, isOn: IsOn): Tried {
  const { port, room, worst, cookies } = order
  const lines = await Promise.all(
    cookies.map((_, n) => open(port, head(order, 'GET /socket', n, upgrade))),
  )
  const tried = await inLines(1, isOn, async (n) => {
    const reaction = { type: 'reaction.set', room, seq: worst, emoji: '🎉' }
    const active = Math.floor(n / lines.length) % 2 === 0
    lines[n % lines.length]?.socket.write(say({ ...reaction, active, client_id: `r-${n}` }))
    await Bun.sleep(2)
  })
  for (const { socket } of lines) socket.destroy()
  return tried
}
