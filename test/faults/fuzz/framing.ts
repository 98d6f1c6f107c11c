/** How a frame goes over the wire; `first` is its first byte, as 0x81 for a whole text. */
export type Framing = { first?: number; isMasked?: boolean; claim?: number }

/** A frame as bytes, right or wrong: its claimed length need not be the real one. */
export function frameBytes(payload: Uint8Array, framing: Framing = {}): Buffer {
  const { first = 0x81, isMasked = true, claim = payload.length } = framing
  const flag = isMasked ? 0x80 : 0
  const head = Buffer.alloc(claim < 126 ? 2 : claim < 65_536 ? 4 : 10)
  head[0] = first
  head[1] = flag | (claim < 126 ? claim : claim < 65_536 ? 126 : 127)
  if (head.length === 4) head.writeUInt16BE(claim, 2)
  if (head.length === 10) head.writeBigUInt64BE(BigInt(claim), 2)
  if (!isMasked) return Buffer.concat([head, payload])
  const mask = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d)
  const masked = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))
  return Buffer.concat([head, mask, masked])
}

/** The texts that a client sent, whole frames each. */
export function readMasked(bytes: Buffer): string[] {
  const texts: string[] = []
  for (let at = 0; at + 6 <= bytes.length;) {
    const opcode = (bytes[at] ?? 0) & 0x0f
    const short = (bytes[at + 1] ?? 0) & 0x7f
    const size = short === 126 ? bytes.readUInt16BE(at + 2) : short
    const start = at + (short === 126 ? 8 : 6)
    const mask = bytes.subarray(start - 4, start)
    const payload = bytes.subarray(start, start + size)
    const plain = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))
    if (opcode === 1) texts.push(Buffer.from(plain).toString())
    at = start + size
  }
  return texts
}
