/**
 * The floor of this stack: what arrives is published as it is to everybody in the room. No parsing,
 * no disk, no people, no HTML. Prints its port.
 */
const server = Bun.serve<{ room: string }>({
  hostname: '127.0.0.1',
  port: 0,
  fetch(request, itself) {
    const room = new URL(request.url).searchParams.get('room')
    if (room !== null && itself.upgrade(request, { data: { room } })) return
    return new Response('ok')
  },
  websocket: {
    perMessageDeflate: false,
    open: (socket) => void socket.subscribe(socket.data.room),
    message: (socket, text) => void server.publish(socket.data.room, text),
  },
})
console.log(`listening on port ${server.port}`)
