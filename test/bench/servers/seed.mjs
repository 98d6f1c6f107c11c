// What such a server is usually begun as: Node and `ws`, a Map of clients, and for every message
// parse, rebuild, then stringify and send to each. Nothing is stored. Prints its port.
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

const clients = new Map()
let people = 0
let messages = 0

const http = createServer((_, answer) => answer.end('ok'))
const sockets = new WebSocketServer({ server: http, perMessageDeflate: false })

sockets.on('connection', (socket, request) => {
  people += 1
  const room = new URL(request.url, 'http://localhost').searchParams.get('room')
  clients.set(socket, { id: people, nickname: `Person ${people}`, room })
  socket.on('message', (raw) => receive(socket, raw))
  socket.on('close', () => clients.delete(socket))
})

function receive(socket, raw) {
  const { text } = JSON.parse(raw)
  const { room, ...sender } = clients.get(socket)
  messages += 1
  const timestamp = new Date().toISOString()
  const message = { type: 'message', id: messages, room, sender, content: text, timestamp }
  for (const [client, { room: theirs }] of clients) {
    if (theirs === room && client.readyState === client.OPEN) client.send(JSON.stringify(message))
  }
}

http.listen(0, '127.0.0.1', () => console.log(`listening on port ${http.address().port}`))
