/** A request taken apart. */
export type Request = {
  method: string
  path: string
  headers: [name: string, value: string][]
  body: Buffer
}

/** Reads a recorded request; it is asked by whom the cookie names. */
export function parse(bytes: Buffer, cookie: string): Request {
  const end = bytes.indexOf('\r\n\r\n')
  const [line = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const [method = '', path = ''] = line.split(' ')
  const headers = lines.map((each): [string, string] => {
    const colon = each.indexOf(': ')
    const name = each.slice(0, colon)
    return [name, /^cookie$/i.test(name) ? cookie : each.slice(colon + 2)]
  })
  return { method, path, headers, body: bytes.subarray(end + 4) }
}

/** The request as bytes, right or wrong. */
export function write({ method, path, headers, body }: Request): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}`)
  const head = [`${method} ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n')
  return Buffer.concat([Buffer.from(head, 'latin1'), body])
}

/** Gives a header the only value it has. */
export function setHeader(request: Request, name: string, value: string): void {
  const others = request.headers.filter(([each]) => each.toLowerCase() !== name.toLowerCase())
  request.headers = [...others, [name, value]]
}
