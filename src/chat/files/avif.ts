import { keep, nameAt, type Picture, type Piece, type Reader, upright } from './picture'

/** Boxes with what describes a picture; whole in memory. */
const metaBytesMax = 256 * 1024
/** More than any camera writes about a picture. */
const blankBytesMax = 4 * 1024 * 1024
const partsMax = 10_000

/** Item types that are painted; all others tell of the picture, as Exif and XMP do. */
const painted = /^(av01|grid|iovl|iden|tmap)$/
const kept = /^(ftyp|meta|mdat|moov)$/
const described = /^(hdlr|dinf|pitm|iloc|iinf|iref|iprp|idat|grpl)$/
const containers = /^(moov|trak|mdia|minf|stbl)$/
const aside = /^(udta|uuid|meta|name)$/

type Box = { name: string; start: number; body: number; end: number }
type Range = { start: number; end: number }
type State = {
  read: Reader
  size: number
  /** What is overwritten, and with what if not with zeros. */
  blanks: (Range & { bytes?: Uint8Array })[]
  boxes: number
  frames: number
}

/** What the boxes about the items of a file say. */
type Items = {
  primary: number
  types: Map<number, string>
  extents: Map<number, Range[]>
  size: { width: number; height: number; isTurned: boolean } | null
}

/**
 * Finds the size of an AVIF and overwrites what tells of it: Exif, XMP and foreign boxes. Places in
 * the file are named by numbers, so nothing is cut out. Null when it is no AVIF.
 */
export async function readAvif(read: Reader, size: number): Promise<Picture | null> {
  const state: State = { read, size, blanks: [], boxes: 0, frames: 1 }
  const top = await boxesIn(state, 0, size)
  const meta = top?.find(({ name }) => name === 'meta')
  if (top == null || meta === undefined || meta.end - meta.start > metaBytesMax) return null
  const view = await read(meta.start, meta.end - meta.start)
  if (view === null) return null
  const items = await readItems(state, meta, view)
  if (items?.size == null) return null
  for (const box of top) {
    if (!kept.test(box.name)) blankBox(state, box)
    if (box.name === 'moov' && !(await walkTracks(state, box))) return null
  }
  blankItems(state, items)
  const pieces = piecesOf(state)
  if (pieces === null) return null
  const { width, height, isTurned } = items.size
  const isRewritten = pieces.length > 1
  return { ...upright(width, height, isTurned ? 6 : 1), frames: state.frames, pieces, isRewritten }
}

/** The boxes that follow each other between two places; null when one does not end there. */
async function boxesIn(state: State, start: number, end: number): Promise<Box[] | null> {
  const boxes: Box[] = []
  for (let at = start; at < end; at = boxes.at(-1)?.end ?? end) {
    const head = at + 8 > end ? null : await state.read(at, 8)
    if (head === null || ++state.boxes > partsMax) return null
    let [length, body] = [head.getUint32(0), at + 8]
    if (length === 1) {
      const wide = await state.read(at + 8, 8)
      length = Number(wide?.getBigUint64(0) ?? 0)
      body += 8
    } else if (length === 0) length = end - at
    if (length < body - at || at + length > end) return null
    boxes.push({ name: nameAt(head, 4), start: at, body, end: at + length })
  }
  return boxes
}

async function readItems(state: State, meta: Box, view: DataView): Promise<Items | null> {
  const items: Items = { primary: 0, types: new Map(), extents: new Map(), size: null }
  const boxes = await boxesIn(state, meta.body + 4, meta.end)
  const find = (name: string): Cursor | null => {
    const box = boxes?.find((one) => one.name === name)
    return box === undefined ? null : cursorIn(view, box.body - meta.start, box.end - meta.start)
  }
  const [pitm, iinf, iloc, iprp] = ['pitm', 'iinf', 'iloc', 'iprp'].map(find)
  if (boxes === null || pitm == null || iinf == null || iloc == null || iprp == null) return null
  try {
    items.primary = pitm.version() === 0 ? pitm.take(2) : pitm.take(4)
    readTypes(iinf, items)
    const idat = boxes.find(({ name }) => name === 'idat')
    readPlaces(iloc, items, idat?.body ?? 0)
    items.size = readSize(iprp, items.primary)
  } catch (fault) {
    if (fault instanceof RangeError) return null
    throw fault
  }
  for (const box of boxes) if (!described.test(box.name)) blankBox(state, box)
  return items
}

type Cursor = {
  take: (bytes: number) => number
  name: () => string
  /** The version of a full box; its flags follow. */
  version: () => number
  flags: () => number
  /** The next box inside, and moves behind it; null at the end. */
  box: () => { name: string; inside: Cursor } | null
}

/** Reads numbers one after another; beyond its end it throws a RangeError. */
function cursorIn(view: DataView, from: number, to: number): Cursor {
  const part = new DataView(view.buffer, view.byteOffset + from, to - from)
  let at = 0
  const take = (bytes: number): number => {
    let value = 0
    for (let n = 0; n < bytes; n += 1) value = value * 256 + part.getUint8(at + n)
    at += bytes
    return value
  }
  const name = (): string => String.fromCharCode(take(1), take(1), take(1), take(1))
  return {
    take,
    name,
    version() {
      const version = take(1)
      at += 3
      return version
    },
    flags: () => part.getUint8(3),
    box() {
      if (at >= part.byteLength) return null
      const start = at
      const length = take(4)
      const found = name()
      if (length < 8 || start + length > part.byteLength) throw new RangeError('a broken box')
      at = start + length
      return { name: found, inside: cursorIn(part, start + 8, at) }
    },
  }
}

function readTypes(iinf: Cursor, { types }: Items): void {
  iinf.take(iinf.version() === 0 ? 2 : 4)
  for (let entry = iinf.box(); entry !== null; entry = iinf.box()) {
    const { inside, name } = entry
    if (name !== 'infe') continue
    const version = inside.version()
    const id = inside.take(version === 3 ? 4 : 2)
    inside.take(2)
    types.set(id, version < 2 ? '' : inside.name())
  }
}

/** Throws a RangeError for more places than any picture has. */
function readPlaces(iloc: Cursor, { extents }: Items, idat: number): void {
  const version = iloc.version()
  const [sizes, more] = [iloc.take(1), iloc.take(1)]
  const [offsetBytes, lengthBytes, baseBytes] = [sizes >> 4, sizes & 15, more >> 4]
  const indexBytes = version > 0 ? more & 15 : 0
  const idBytes = version === 2 ? 4 : 2
  let places = 0
  for (let left = iloc.take(idBytes); left > 0; left -= 1) {
    const id = iloc.take(idBytes)
    const isInside = version > 0 && (iloc.take(2) & 15) === 1
    iloc.take(2)
    const base = iloc.take(baseBytes) + (isInside ? idat : 0)
    const found = extents.get(id) ?? []
    extents.set(id, found)
    for (let count = iloc.take(2); count > 0; count -= 1) {
      if (++places > partsMax) throw new RangeError('too many places')
      iloc.take(indexBytes)
      const start = base + iloc.take(offsetBytes)
      found.push({ start, end: start + iloc.take(lengthBytes) })
    }
  }
}

function readSize(iprp: Cursor, primary: number): Items['size'] {
  const properties: { name: string; inside: Cursor }[] = []
  const own: number[] = []
  for (let box = iprp.box(); box !== null; box = iprp.box()) {
    const { inside, name } = box
    if (name === 'ipma') own.push(...associationsOf(inside, primary))
    if (name !== 'ipco') continue
    for (let one = inside.box(); one !== null; one = inside.box()) properties.push(one)
  }
  const named = (wanted: string): Cursor | undefined =>
    own.map((n) => properties[n - 1]).find((one) => one?.name === wanted)?.inside
  const ispe = named('ispe')
  if (ispe === undefined) return null
  ispe.version()
  const [width, height] = [ispe.take(4), ispe.take(4)]
  return { width, height, isTurned: ((named('irot')?.take(1) ?? 0) & 1) === 1 }
}

/** The numbers of the properties of an item, counted from 1. */
function associationsOf(ipma: Cursor, item: number): number[] {
  const isWide = (ipma.flags() & 1) === 1
  const version = ipma.version()
  const own: number[] = []
  for (let left = ipma.take(4); left > 0; left -= 1) {
    const isOwn = ipma.take(version === 0 ? 2 : 4) === item
    for (let count = ipma.take(1); count > 0; count -= 1) {
      const number = isWide ? ipma.take(2) & 0x7fff : ipma.take(1) & 0x7f
      if (isOwn) own.push(number)
    }
  }
  return own
}

/** Overwrites what tracks of an animation say beside their frames, and counts these. */
async function walkTracks(state: State, parent: Box): Promise<boolean> {
  const boxes = await boxesIn(state, parent.body, parent.end)
  for (const box of boxes ?? []) {
    if (aside.test(box.name)) blankBox(state, box)
    if (box.name === 'stsz') {
      const count = await state.read(box.body + 8, 4)
      state.frames = Math.max(state.frames, count?.getUint32(0) ?? 0)
    }
    if (containers.test(box.name) && !(await walkTracks(state, box))) return false
  }
  return boxes !== null
}

/** It becomes free space of the same length. */
function blankBox({ blanks }: State, { start, body, end }: Box): void {
  blanks.push({ start: start + 4, end: start + 8, bytes: Buffer.from('free') })
  blanks.push({ start: body, end })
}

function blankItems({ blanks, size }: State, { extents, types }: Items): void {
  for (const [id, places] of extents) {
    const type = types.get(id) ?? ''
    if (painted.test(type)) continue
    for (const { start, end } of places) {
      if (start < size) blanks.push({ start, end: Math.min(end, size) })
      // Readers of Exif find an empty list in place of a broken one.
      const isLong = Math.min(end, size) - start >= emptyExif.length
      if (type === 'Exif' && isLong)
        blanks.push({ start, end: start + emptyExif.length, bytes: emptyExif })
    }
  }
}

const emptyExif = Uint8Array.fromHex('000000004d4d002a00000008000000000000')

/** The file with its blanks over it; null for more of them than anybody writes. */
function piecesOf({ blanks, size }: State): Piece[] | null {
  const sorted = blanks
    .filter(({ end, start }) => end > start)
    .toSorted((a, b) => a.start - b.start)
  const ranges: Range[] = []
  for (const { start, end } of sorted) {
    const last = ranges.at(-1)
    if (last === undefined || start > last.end) ranges.push({ start, end })
    else last.end = Math.max(last.end, end)
  }
  if (ranges.reduce((sum, { end, start }) => sum + end - start, 0) > blankBytesMax) return null
  const bytesOf = sorted.filter(({ bytes }) => bytes !== undefined).values()
  let next = bytesOf.next().value
  const pieces: Piece[] = []
  let at = 0
  for (const { start, end } of ranges) {
    if (start > at) keep(pieces, at, start)
    const piece = new Uint8Array(end - start)
    for (; next !== undefined && next.start < end; next = bytesOf.next().value)
      piece.set(next.bytes ?? [], next.start - start)
    pieces.push(piece)
    at = end
  }
  if (at < size) keep(pieces, at, size)
  return pieces
}
