import { deflateSync } from 'node:zlib'
import type { AttachmentOnWire } from '../../src/shared/protocol'
import type { Address, Person } from './client'
import { originOf } from './server'

export type UploadOptions = {
  name?: string
  /** What the sender says it is. */
  type?: string
  description?: string
  headers?: Record<string, string>
}

type Body = Uint8Array<ArrayBuffer> | string | ReadableStream | Blob

/** Sends a file as the page does; gives the answer as it came. */
export async function sendFile(
  { origin }: Address,
  { cookie }: Pick<Person, 'cookie'>,
  body: Body,
  { name = 'file.bin', type = '', description = '', headers = {} }: UploadOptions = {},
): Promise<Response> {
  return fetch(`${origin}/attachments`, {
    method: 'POST',
    keepalive: false,
    headers: {
      Cookie: cookie,
      Origin: originOf({ origin }),
      Accept: 'application/json',
      'Accept-Language': 'en',
      'Content-Type': type || 'application/octet-stream',
      'X-Filename': encodeURIComponent(name),
      'X-Description': encodeURIComponent(description),
      ...headers,
    },
    body,
  })
}

/** Sends a file and gives what the server says of it; fails with its sentence. */
export async function upload(
  server: Address,
  person: Pick<Person, 'cookie'>,
  body: Body,
  options: UploadOptions = {},
): Promise<AttachmentOnWire> {
  const answer = await sendFile(server, person, body, options)
  if (answer.status === 201) return answer.json()
  throw new Error(`The file was refused (${answer.status}): ${await answer.text()}`)
}

/** Fetches something as this person, or as nobody. */
export async function fetchAs(
  { origin }: Address,
  person: Pick<Person, 'cookie'> | null,
  path: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  const cookie: Record<string, string> = person === null ? {} : { Cookie: person.cookie }
  return fetch(origin + path, { keepalive: false, headers: { ...cookie, ...headers } })
}

/** Posts a message with files over HTTP; gives the answer as JSON. */
export async function postFiles(
  { origin }: Address,
  { cookie }: Pick<Person, 'cookie'>,
  room: number,
  clientId: string,
  attachments: unknown,
  content = '',
): Promise<{ type?: string; code?: string; seq?: number }> {
  const answer = await fetch(`${origin}/rooms/${room}/messages`, {
    method: 'POST',
    keepalive: false,
    headers: { Cookie: cookie, Origin: originOf({ origin }), 'Content-Type': 'application/json' },
    body: JSON.stringify({ client_id: clientId, content, attachments }),
  })
  return answer.json()
}

/** A picture of one colour; with `claim` its header says that it is larger than it is. */
export function png(
  width: number,
  height: number,
  [red, green, blue]: [number, number, number] = [200, 0, 0],
  claim: [number, number] = [width, height],
  extra: Uint8Array[] = [],
): Uint8Array<ArrayBuffer> {
  const row = [0, ...Array.from({ length: width }, () => [red, green, blue]).flat()]
  const rows = deflateSync(Uint8Array.from(Array.from({ length: height }, () => row).flat()))
  const size = Buffer.alloc(13)
  size.writeUInt32BE(claim[0], 0)
  size.writeUInt32BE(claim[1], 4)
  size.set([8, 2, 0, 0, 0], 8)
  const parts = [chunk('IHDR', size), ...extra, chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]
  return joined(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), ...parts)
}

/** A part of a PNG. */
export function chunk(name: string, data: Uint8Array): Uint8Array {
  const named = joined(Buffer.from(name, 'latin1'), data)
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(Bun.hash.crc32(named))
  return joined(length, named, sum)
}

export function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts))
}

/** A photo of 32 by 16, red on the left and blue on the right, as a camera would write it. */
export const photo = {
  jpeg: Buffer.from(
    `/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4
UG1RV19iZ2hnPk1xeXBkeFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2Nj
Y2NjY2NjY2NjY2NjY2NjY2P/wAARCAAQACADASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAUG/8QAFBABAAAAAAAA
AAAAAAAAAAAAAP/EABYBAQEBAAAAAAAAAAAAAAAAAAYFB//EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAMAwEAAhEDEQA/AM6A
nmCYA0AHf//Z`,
    'base64',
  ),
  /** The coded picture alone, without the file around it. */
  webp: Buffer.from(
    'kAIAnQEqIAAQAALATCWiAnTKEcDegfir+AAEMeAA/vA4Q+CCRs73/1YBl989v9uYUl+/F+ddPVwHAAAAAA==',
    'base64',
  ).subarray(0, 60),
}

/** The photo turned by a quarter, with a camera and places; the same, clear in its upper half. */
export const avif = {
  photo: Buffer.from(
    `AAAAIGZ0eXBhdmlm
AAAAAGF2aWZtaWYxbWlhZk1BMUIAAAF+bWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGljdAAAAAAAAAAA
AAAAAAAAAAAOcGl0bQAAAAAAAQAAADppbG9jAAAAAEQAAAMAAQAAAAEAAAH9AAAANAACAAAAAQAAAaYAAABGAAMAAAABAAAB
7AAAABEAAABtaWluZgAAAAAAAwAAABppbmZlAgAAAAABAABhdjAxQ29sb3IAAAAAGWluZmUCAAAAAAIAAEV4aWZFeGlmAAAA
ACxpbmZlAgAAAAADAABtaW1lWE1QAGFwcGxpY2F0aW9uL3JkZit4bWwAAAAAKGlyZWYAAAAAAAAADmNkc2MAAgABAAEAAAAO
Y2RzYwADAAEAAQAAAHRpcHJwAAAAVGlwY28AAAAUaXNwZQAAAAAAAAAgAAAAEAAAABBwaXhpAAAAAAMICAgAAAAMYXYxQ4EA
DAAAAAATY29scm5jbHgAAQANAAaAAAAACWlyb3QDAAAAGGlwbWEAAAAAAAAAAQABBQECgwSFAAAAk21kYXQAAAAGRXhpZgAA
TU0AKgAAAAgAAgEOAAIAAAAMAAAAJgEPAAIAAAAKAAAAMgAAAABuZWFyIEVpZmZlbABDQU5BUllDQU0APHg+R1BTNDguODU4
NDwveD4SAAoJGBD/7RAQ0GhAMiUXh4eGIYSSSSZQAAAAxjYO3WH7//teO2ydB9rlDTdxBve/VEVg`,
    'base64',
  ),
  clear: Buffer.from(
    `AAAAIGZ0eXBhdmlm
AAAAAGF2aWZtaWYxbWlhZk1BMUIAAAGGbWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGljdAAAAAAAAAAA
AAAAAAAAAAAOcGl0bQAAAAAAAQAAACxpbG9jAAAAAEQAAAIAAQAAAAEAAAHFAAAANgACAAAAAQAAAa4AAAAXAAAAQmlpbmYA
AAAAAAIAAAAaaW5mZQIAAAAAAQAAYXYwMUNvbG9yAAAAABppbmZlAgAAAAACAABhdjAxQWxwaGEAAAAAGmlyZWYAAAAAAAAA
DmF1eGwAAgABAAEAAADDaXBycAAAAJ1pcGNvAAAAFGlzcGUAAAAAAAAAIAAAABAAAAAQcGl4aQAAAAADCAgIAAAADGF2MUOB
AAwAAAAAE2NvbHJuY2x4AAEADQAGgAAAAA5waXhpAAAAAAEIAAAADGF2MUOBABwAAAAAOGF1eEMAAAAAdXJuOm1wZWc6bXBl
Z0I6Y2ljcDpzeXN0ZW1zOmF1eGlsaWFyeTphbHBoYQAAAAAeaXBtYQAAAAAAAAACAAEEAQKDBAACBAEFhgcAAABVbWRhdBIA
CgUYEP/sKjIMRZAGGFDE7zuzthZ8EgAKCRgQ/+0QENBoQDInReHh4YhhJJJJlAAAAujyrRN+a29d+es8wZHAckH7n2ORQN3p
ljFA`,
    'base64',
  ),
}

/** What a camera adds: how it was held, its maker, and where it was. */
export function cameraData(orientation: number): Uint8Array {
  const tiff = Buffer.alloc(96)
  tiff.write('II*\0\x08\0\0\0', 0, 'latin1')
  tiff.writeUInt16LE(3, 8)
  const entry = (at: number, tag: number, type: number, count: number, value: number): void => {
    tiff.writeUInt16LE(tag, at)
    tiff.writeUInt16LE(type, at + 2)
    tiff.writeUInt32LE(count, at + 4)
    tiff.writeUInt32LE(value, at + 8)
  }
  entry(10, 0x010f, 2, 9, 60)
  entry(22, 0x0112, 3, 1, orientation)
  entry(34, 0x8825, 4, 1, 70)
  tiff.write('CANARYCAM', 60, 'latin1')
  tiff.write('GPS48.8584N2.2945E', 70, 'latin1')
  return tiff
}

function segment(marker: number, data: Uint8Array): Uint8Array {
  const length = data.length + 2
  return joined(Uint8Array.of(0xff, marker, length >> 8, length & 0xff), data)
}

/** The photo with all that a camera and its owner add: places, words, a film behind it. */
export function cameraPhoto(orientation: number): Uint8Array {
  const exif = joined(Buffer.from('Exif\0\0', 'latin1'), cameraData(orientation))
  const [start, rest] = [photo.jpeg.subarray(0, 2), photo.jpeg.subarray(2)]
  const xmp = Buffer.from('http://ns.adobe.com/xap/1.0/\0<x>GPS48</x>', 'latin1')
  const notes = [segment(0xe1, exif), segment(0xe1, xmp), segment(0xfe, Buffer.from('at Eiffel'))]
  return joined(
    start,
    ...notes,
    segment(0xed, Buffer.from('Photoshop Eiffel')),
    rest,
    Buffer.from('a film after the picture, near Eiffel'),
  )
}
