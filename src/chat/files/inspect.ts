import { readAvif } from './avif'
import { readGif } from './gif'
import { readJpeg } from './jpeg'
import { readPng } from './png'
import {
  createReader,
  lengthOf,
  nameAt,
  type Picture,
  type Piece,
  type Source,
  tooManyParts,
} from './picture'
import { readWebp } from './webp'

/** What browsers decode without trouble: 64 megapixels take 256 MB there. */
const picturePixelsMax = 64_000_000
const pictureSidePxMax = 20_000
const pictureFramesMax = 2_000

type Inspected = {
  type: string
  width: number | null
  height: number | null
  /** What to store of the file; null when that is all of it. */
  pieces: Piece[] | null
}

/** Types that a page may show. Everything else is only offered for download. */
export const shownTypes = [
  ...['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'],
  ...['video/mp4', 'video/webm', 'video/quicktime', 'application/pdf'],
  ...['audio/mpeg', 'audio/ogg', 'audio/mp4', 'audio/wav', 'audio/flac'],
]

/**
 * Finds out the type of a file from its bytes alone, and the size of a picture. Nothing is decoded,
 * so a hostile file costs no more than an honest one.
 */
export async function inspect(source: Source): Promise<Inspected> {
  const start = await source.read(0, 4096)
  const type = sniff(start)
  const read = walks.get(type)
  if (read === undefined) return { ...bytes, type }
  const picture = await read(createReader(source), source.size).catch((fault: unknown) => {
    if (fault === tooManyParts) return null
    throw fault
  })
  return asPicture(type, picture, source.size)
}

const walks = new Map([
  ['image/jpeg', readJpeg],
  ['image/png', readPng],
  ['image/gif', readGif],
  ['image/webp', readWebp],
  ['image/avif', readAvif],
])

const bytes = { type: 'application/octet-stream', width: null, height: null, pieces: null }

function asPicture(type: string, picture: Picture | null, size: number): Inspected {
  if (picture === null) return bytes
  const { width, height, frames, pieces, isRewritten = false } = picture
  const isShown =
    Math.min(width, height) > 0 &&
    Math.max(width, height) <= pictureSidePxMax &&
    width * height <= picturePixelsMax &&
    frames <= pictureFramesMax
  const kept = lengthOf(pieces) === size && !isRewritten ? null : pieces
  return isShown ? { type, width, height, pieces: kept } : { ...bytes, pieces: kept }
}

function sniff(start: Uint8Array): string {
  const text = start.subarray(0, 16).reduce((all, byte) => all + String.fromCharCode(byte), '')
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (/^GIF8[79]a/.test(text)) return 'image/gif'
  if (/^RIFF[^]{4}WEBP/.test(text)) return 'image/webp'
  if (/^RIFF[^]{4}WAVE/.test(text)) return 'audio/wav'
  if (text.startsWith('fLaC')) return 'audio/flac'
  if (text.startsWith('%PDF-')) return 'application/pdf'
  if (text.startsWith('OggS')) return isOggAudio(start) ? 'audio/ogg' : bytes.type
  if (/^[^]{4}ftyp/.test(text)) return sniffMp4(start)
  if (text.startsWith('\x1aE\xdf\xa3')) return isWebm(start) ? 'video/webm' : bytes.type
  return isMp3(start) ? 'audio/mpeg' : bytes.type
}

function isOggAudio(start: Uint8Array): boolean {
  const text = new TextDecoder('latin1').decode(start.subarray(0, 128))
  return /OpusHead|\x01vorbis|\x7fFLAC|Speex {3}/.test(text)
}

function sniffMp4(start: Uint8Array): string {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength)
  const end = Math.min(start.length, view.getUint32(0))
  if (end < 12) return bytes.type
  const brand = nameAt(view, 8)
  if (/^M4[AB] $/.test(brand)) return 'audio/mp4'
  if (brand === 'qt  ') return 'video/quicktime'
  if (videoBrands.test(brand)) return 'video/mp4'
  // Some programs name the container first, and the coding of the picture among the others.
  const others = []
  for (let at = 16; at + 4 <= end; at += 4) others.push(nameAt(view, at))
  const isAvif = /^avi[fs]$/.test(brand) || (/^m[is]f1$/.test(brand) && others.includes('avif'))
  return isAvif ? 'image/avif' : bytes.type
}

const videoBrands = /^(isom|iso[2-9]|mp4[12]|avc1|M4V[ HP]|MSNV|dash|mmp4|f4v |XAVC|3g[2gprs].)$/

function isWebm(start: Uint8Array): boolean {
  // The element DocType (4282) with its four characters.
  return start.subarray(0, 64).toHex().includes('4282847765626d')
}

/** A tag, or two frames in a row: one alone could be anything. */
function isMp3(start: Uint8Array): boolean {
  if (start[0] === 0x49 && start[1] === 0x44 && start[2] === 0x33) return true
  const length = mp3FrameBytes(start, 0)
  return length > 0 && mp3FrameBytes(start, length) > 0
}

function mp3FrameBytes(bytes: Uint8Array, at: number): number {
  const [sync = 0, version = 0, rates = 0] = bytes.subarray(at, at + 3)
  if (sync !== 0xff || ![0xfa, 0xfb, 0xf2, 0xf3].includes(version)) return 0
  const isFirst = version >= 0xfa
  const kilobits = (isFirst ? mp3Rates.first : mp3Rates.second)[rates >> 4] ?? 0
  const hertz = ([44_100, 48_000, 32_000][(rates >> 2) & 3] ?? 0) / (isFirst ? 1 : 2)
  if (kilobits === 0 || hertz === 0) return 0
  return Math.floor(((isFirst ? 144 : 72) * kilobits * 1000) / hertz) + ((rates >> 1) & 1)
}

const mp3Rates = {
  first: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  second: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
}
