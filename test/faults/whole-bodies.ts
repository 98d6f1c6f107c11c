/**
 * Loaded before a server: a body that is a stream is read as a whole before it is sent. So does Bun
 * itself over HTTPS when the body is a file.
 */
const send = globalThis.fetch

globalThis.fetch = Object.assign(
  async (url: Parameters<typeof fetch>[0], init: RequestInit = {}) => {
    const isStream = init.body instanceof ReadableStream
    return send(url, isStream ? { ...init, body: await new Response(init.body).bytes() } : init)
  },
  send,
)

export {}
