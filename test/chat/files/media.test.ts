import { describe, expect, test } from 'bun:test'
import { cleanFileName } from '../../../src/chat/files/receive-file'
import { inspect } from '../../../src/chat/files/inspect'
import { avif, cameraData, cameraPhoto, chunk, joined, photo, png } from '../../helpers/files'
import { chooseSeed, createRandom } from '../../helpers/random'

/** The type of some bytes, and the parts that would be stored. */
async function look(bytes: Uint8Array) {
  const read = async (start: number, length: number) =>
    new Uint8Array(bytes.slice(start, start + length))
  const { pieces, ...looks } = await inspect({ size: bytes.length, read })
  const kept = (pieces ?? [{ start: 0, end: bytes.length }]).map((piece) =>
    piece instanceof Uint8Array ? piece : bytes.slice(piece.start, piece.end),
  )
  return { ...looks, isCut: pieces !== null, kept: Buffer.concat(kept) }
}

const secrets = /CANARYCAM|GPS48|Eiffel/

function riffChunk(name: string, data: Uint8Array): Uint8Array {
  const head = Buffer.alloc(8)
  head.write(name, 'latin1')
  head.writeUInt32LE(data.length, 4)
  return joined(head, data, new Uint8Array(data.length % 2))
}

function webp(...chunks: Uint8Array[]): Uint8Array {
  const body = joined(Buffer.from('WEBP'), ...chunks)
  return riffChunk('RIFF', body)
}

/** A part of an AVIF, with its length in 32 or in 64 bits. */
function box(name: string, data: Uint8Array, isWide = false): Uint8Array {
  const head = Buffer.alloc(isWide ? 16 : 8)
  head.writeUInt32BE(isWide ? 1 : data.length + 8)
  head.write(name, 4, 'latin1')
  if (isWide) head.writeUInt32BE(data.length + 16, 12)
  return joined(head, data)
}

const extended = (flags: number): Uint8Array =>
  riffChunk('VP8X', Uint8Array.of(flags, 0, 0, 0, 31, 0, 0, 15, 0, 0))

describe('a photo', () => {
  test('a JPEG keeps its orientation, and loses place, camera and comments', async () => {
    const { isCut, kept, ...looks } = await look(cameraPhoto(6))
    expect(looks).toEqual({ type: 'image/jpeg', width: 16, height: 32 })
    expect(isCut).toBe(true)
    expect(kept.toString('latin1')).not.toMatch(secrets)
    expect(kept.subarray(-2).toHex()).toBe('ffd9')
    // A second inspection removes nothing more and finds the same orientation.
    const again = await look(kept)
    expect(again).toMatchObject({ type: 'image/jpeg', width: 16, height: 32 })
    expect(again.kept.equals(kept)).toBe(true)
  })

  test('a JPEG without metadata is not changed', async () => {
    const { isCut, ...looks } = await look(photo.jpeg)
    expect({ ...looks, isCut }).toMatchObject({ width: 32, height: 16, isCut: false })
  })

  test('a PNG loses texts and places, and keeps what showing it needs', async () => {
    const words = chunk('tEXt', Buffer.from('Comment\0near Eiffel', 'latin1'))
    const colour = chunk('gAMA', Uint8Array.of(0, 0, 0xb1, 0x8f))
    const exif = chunk('eXIf', cameraData(8))
    const { kept, ...looks } = await look(
      joined(png(32, 16, [1, 2, 3], [32, 16], [colour, words, exif]), Buffer.from('Eiffel')),
    )
    expect(looks).toEqual({ type: 'image/png', width: 16, height: 32, isCut: true })
    expect(kept.toString('latin1')).not.toMatch(secrets)
    expect(kept.toString('latin1')).toMatch(/gAMA.*eXIf.*IEND/s)
    expect((await look(kept)).width).toBe(16)
  })

  test('a WebP loses them too, and its sizes and flags are adapted', async () => {
    const picture = riffChunk('VP8 ', photo.webp)
    const whole = webp(
      extended(0x0c),
      picture,
      riffChunk('EXIF', cameraData(6)),
      riffChunk('XMP ', Buffer.from('<x>GPS48 </x>')),
    )
    const { kept, ...looks } = await look(whole)
    expect(looks).toEqual({ type: 'image/webp', width: 16, height: 32, isCut: true })
    expect(kept.toString('latin1')).not.toMatch(secrets)
    expect(kept.readUInt32LE(4)).toBe(kept.length - 8)
    expect(kept[20]).toBe(0x08)
    expect((await look(kept)).kept.equals(kept)).toBe(true)
    expect(await look(webp(picture))).toMatchObject({ width: 32, height: 16, isCut: false })
  })
})

test('an AVIF loses place and camera, and what paints it stays where it is', async () => {
  const seed = chooseSeed()
  console.log(`SEED=${seed}`)
  const random = createRandom(seed)
  const secret = Buffer.from('CANARYCAM GPS48 Eiffel')
  for (let n = 0; n < 200; n += 1) {
    const extra = Array.from({ length: random(4) }, () =>
      box(['uuid', 'free', 'udta', 'xml '][random(4)] ?? '', secret, random(2) === 1),
    )
    const track = box('moov', box('trak', box('udta', secret)))
    const whole = joined(avif.photo, ...extra, ...(random(2) === 1 ? [track] : []))
    const { kept, ...looks } = await look(whole)
    expect(looks).toEqual({ type: 'image/avif', width: 16, height: 32, isCut: true })
    expect(kept.toString('latin1')).not.toMatch(secrets)
    expect(kept.length).toBe(whole.length)
    // The colours are the last item of the sample.
    expect(kept.subarray(0x1fd, 0x231).equals(avif.photo.subarray(0x1fd, 0x231))).toBe(true)
    expect((await look(kept)).kept.equals(kept)).toBe(true)
  }
  expect(await look(avif.clear)).toMatchObject({ type: 'image/avif', width: 32, isCut: false })
  expect(await look(avif.photo.subarray(0, 300))).toMatchObject({ width: null, isCut: false })
})

describe('hostile bytes', () => {
  const bytes = 'application/octet-stream'

  test('a picture that would cost a browser too much counts as plain bytes (U6)', async () => {
    expect(await look(png(1, 1, [0, 0, 0], [50_000, 50_000]))).toMatchObject({ type: bytes })
    expect(await look(png(1, 1, [0, 0, 0], [12_000, 12_000]))).toMatchObject({ type: bytes })
    expect(await look(png(1, 1, [0, 0, 0], [8_000, 8_000]))).toMatchObject({ type: 'image/png' })
    const frame = Buffer.from('2c000000000100010000020244010021f90400000000000', 'hex')
    const gif = (frames: number): Uint8Array =>
      joined(
        Buffer.from('GIF89a\x01\0\x01\0\0\0\0', 'latin1'),
        ...Array.from({ length: frames }, () => frame.subarray(0, 15)),
        Uint8Array.of(0x3b),
      )
    expect(await look(gif(2))).toMatchObject({ type: 'image/gif', width: 1, height: 1 })
    expect(await look(gif(10_000))).toMatchObject({ type: bytes })
  })

  test('a picture of many tiny parts counts as plain bytes, found out early (U6)', async () => {
    const head = Buffer.from('GIF89a\x01\0\x01\0\0\0\0', 'latin1')
    const comment = joined(
      Uint8Array.of(0x21, 0xfe),
      new Uint8Array(600_000).fill(1),
      Uint8Array.of(0),
    )
    const frame = Uint8Array.of(0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 0, 0x3b)
    expect(await look(joined(head, frame))).toMatchObject({ type: 'image/gif' })
    expect(await look(joined(head, comment, frame))).toMatchObject({ type: bytes, isCut: false })
    // Every second segment would be removed: a list of pieces as long as the file.
    const crumbs = new Uint8Array(800_000)
    for (let at = 0; at < crumbs.length; at += 8) {
      crumbs.set([0xff, 0xfe, 0, 2, 0xff, 0xdb, 0, 2], at)
    }
    const [start, rest] = [photo.jpeg.subarray(0, 2), photo.jpeg.subarray(2)]
    expect(await look(joined(start, crumbs, rest))).toMatchObject({ type: bytes, isCut: false })
  })

  test('a picture that is also a script counts as one of the two (U3)', async () => {
    const script = Buffer.from('GIF89a/*\0\0\0\0\0\0\0*/=1;alert(1)//', 'latin1')
    expect(await look(script)).toMatchObject({ type: bytes })
    const html = Buffer.from('<!doctype html><script>alert(1)</script>')
    expect(await look(joined(png(2, 2), html))).toMatchObject({ type: 'image/png', isCut: true })
    expect((await look(joined(png(2, 2), html))).kept.toString('latin1')).not.toContain('alert')
  })

  test('a file without a known signature is plain bytes, whatever its name', async () => {
    const files = [
      '',
      '<svg onload="alert(1)"/>',
      '<!doctype html>',
      'PK\x03\x04',
      'RIFF\x04\0\0\0AVI ',
      '%PDF',
      'fLa',
      '\xff\xfb',
      '\xff\xd8\xff',
      '\x89PNG\r\n\x1a\n',
      'GIF89a',
      'OggS',
    ]
    for (const text of files) {
      expect({ text, ...(await look(Buffer.from(text, 'latin1'))) }).toMatchObject({
        text,
        type: bytes,
      })
    }
  })

  test('no bytes break the inspection: every prefix and many mutations', async () => {
    const whole = [
      cameraPhoto(6),
      png(4, 4, [1, 2, 3], [4, 4], [chunk('eXIf', cameraData(3))]),
      avif.photo,
      webp(extended(0x08), riffChunk('VP8 ', photo.webp), riffChunk('EXIF', cameraData(6))),
    ]
    for (const bytes of whole) {
      for (let n = 0; n < bytes.length; n += 1) {
        await look(bytes.subarray(0, n))
        const broken = bytes.slice()
        broken[n] = (broken[n] ?? 0) ^ 0xff
        await look(broken)
      }
    }
  })
})

test('videos and sounds are recognised by their bytes', async () => {
  const mp4 = (brand: string): Uint8Array => Buffer.from(`\0\0\0\x20ftyp${brand}\0\0\0\0`, 'latin1')
  const frame = joined(Uint8Array.of(0xff, 0xfb, 0x90, 0x00), new Uint8Array(413))
  const known: [Uint8Array, string][] = [
    [mp4('isom'), 'video/mp4'],
    [mp4('M4A '), 'audio/mp4'],
    [mp4('qt  '), 'video/quicktime'],
    [mp4('3gp4'), 'video/mp4'],
    [mp4('heic'), 'application/octet-stream'],
    // Camera raw, which also says that it is `isom`.
    [Buffer.from('\0\0\0\x18ftypcrx \0\0\0\x01crx isom', 'latin1'), 'application/octet-stream'],
    [Buffer.from('RIFF\x24\0\0\0WAVEfmt ', 'latin1'), 'audio/wav'],
    [Buffer.from('fLaC\0\0\0\x22', 'latin1'), 'audio/flac'],
    [Buffer.from('%PDF-1.7\n', 'latin1'), 'application/pdf'],
    [Buffer.from('\x1aE\xdf\xa3\x9fB\x82\x84webm', 'latin1'), 'video/webm'],
    [Buffer.from('\x1aE\xdf\xa3\x9fB\x82\x88matroska', 'latin1'), 'application/octet-stream'],
    [joined(frame, frame), 'audio/mpeg'],
    [Buffer.from('ID3\x04\0', 'latin1'), 'audio/mpeg'],
    [Buffer.from(`OggS\0\x02${'\0'.repeat(20)}\x01\x13OpusHead`, 'latin1'), 'audio/ogg'],
  ]
  for (const [bytes, type] of known) expect((await look(bytes)).type).toBe(type)
})

test('a file name has no path and no control characters, and a bounded length (U5)', () => {
  const names: Record<string, string> = {
    '../../x': 'x',
    '..\\..\\x': 'x',
    '/etc/passwd': 'passwd',
    'C:\\x.txt': 'x.txt',
    '..': 'file',
    '': 'file',
    '.htaccess': '.htaccess',
    'a\0b\r\nSet-Cookie: c': 'abSet-Cookie: c',
    'photo\u202egnp.exe': 'photognp.exe',
    'a\u200bb\ufeff.txt': 'ab.txt',
    '<img src=x onerror=alert(1)>.png': '<img src=x onerror=alert(1)>.png',
    '年度报告 "终".pdf': '年度报告 "终".pdf',
    '\ud800x': '\ufffdx',
  }
  for (const [sent, shown] of Object.entries(names)) expect(cleanFileName(sent)).toBe(shown)
  const long = cleanFileName(`${'长'.repeat(5_000)}.tar.gz`)
  expect(long.length).toBe(120)
  expect(long).toEndWith('….gz')
})
