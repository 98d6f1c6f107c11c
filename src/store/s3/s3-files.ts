import { join } from 'node:path'
import {
  beginDraft,
  type FileStore,
  markerName,
  removeOldDrafts,
  sharedAgeMs,
  spaceOf,
} from '../files'
import { failWith } from '../problem'
import type { S3Place } from './place'
import { createS3Client, isFault, type S3Client, type Times } from './s3-client'

/** Bytes of an object that are fetched at once, and kept for a reader who takes them slowly. */
const partBytes = 256 * 1024
/** Parts that are fetched before their reader asks for them; more would cost memory. */
const aheadMax = 64
/** One try of a part, and all tries: a reader waits so long for more. */
const partTimes = { tries: 8, tryMs: 15_000, allMs: 45_000 }
/** A line to the store that is slower than this is given up. */
const slowestBytesPerSecond = 128 * 1024
/** For a small file; together with a second try less than a form may wait. */
const putMs = 5_000

type Options = {
  place: S3Place
  /** The mark of the database. */
  id: string
  /** A folder of this machine, in which drafts are written. */
  folder: string
  /** Whether the database has no files: only then an empty place becomes its place. */
  isNew: () => Promise<boolean>
  /** For requests that somebody waits for. */
  times?: Times
}

/**
 * Opens a file store in an S3-compatible store: objects `prefix/ab/abcdef…` as in a folder, and
 * `belongs-to`. A draft is a file of this machine and is sent when it is kept. Throws a sentence
 * for the operator when the store refuses place or keys; one that is away may come back.
 */
export async function openS3Files(options: Options): Promise<FileStore> {
  const { place, id, folder, isNew, times } = options
  const client = createS3Client(place, times)
  const drafts = join(folder, 'drafts')
  const keyOf = (file: string): string => `${place.prefix}${file.slice(0, 2)}/${file}`
  const marker = `${place.prefix}${markerName}`
  const mark = async (): Promise<string> => {
    const found = await client.read(marker, 0, markerBytesMax)
    return Buffer.from(found ?? [])
      .toString()
      .trim()
  }
  const isHere = async (): Promise<boolean> => {
    const found = await mark()
    if (found !== '' || !(await isNew())) return found === id
    await client.create(marker, `${id}\n`)
    // Another server may have been quicker, and the answer to the first try lost.
    return (await mark()) === id
  }
  await isHere().catch((fault) => refuse(place, fault))
  return {
    isHere: () => isHere().catch(() => false),
    begin: () => beginDraft(drafts, (path, file) => send(client, keyOf(file), path)),
    read: async (file, start, length) =>
      (await client.read(keyOf(file), start, length)) ?? new Uint8Array(),
    parts: (file, start, end) => partsOf(client, keyOf(file), start, end),
    blob: null,
    size: (file) => client.size(keyOf(file)),
    remove: (file) => client.remove(keyOf(file)),
    list: (before) => list(client, place, Math.min(before, Date.now() - sharedAgeMs)),
    removeDrafts: (before) => removeOldDrafts(drafts, before),
    space: () => spaceOf(folder),
  }
}

const markerBytesMax = 100

/** A place that was named wrongly is told at once; one that is away is waited for. */
function refuse({ name, base, region }: S3Place, fault: unknown): void {
  if (!isFault(fault)) throw fault
  const { said, status } = fault
  const where = `The store at ${base.host}`
  const why = `(${said || status})`
  if (said === 'RequestTimeTooSkewed') {
    failWith(`${where} says that the clock of this machine is wrong ${why}.`)
  }
  if (said === 'NoSuchBucket') failWith(`${where} has no bucket for ${name} ${why}.`)
  if (
    /^(AuthorizationHeaderMalformed|AuthorizationQueryParametersError)$/.test(said) ||
    isMoved(status)
  ) {
    failWith(`${where} refuses the region ${region} for ${name} ${why}. Set S3_REGION.`)
  }
  if (status === 401 || status === 403) {
    failWith(
      `${where} refuses the keys for ${name} ${why}. ` +
        `Are S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY right, and may they use it?`,
    )
  }
  if (status >= 400 && status < 500) failWith(`${where} refuses ${name} ${why}.`)
}

function isMoved(status: number): boolean {
  return status >= 300 && status < 400
}

async function send(client: S3Client, key: string, path: string): Promise<void> {
  const { size } = Bun.file(path)
  const tryMs = putMs + (size / slowestBytesPerSecond) * 1_000
  // As a stream: over HTTPS, Bun reads a file that is given as a body into memory.
  const body = (): ReadableStream => Bun.file(path).stream()
  await client.put(key, size, body, { tries: 6, tryMs, allMs: tryMs + putMs })
}

let ahead = 0

/** An object part by part; the next one is fetched while its reader takes one. */
async function* partsOf(
  client: S3Client,
  key: string,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const fetchAt = async (at: number): Promise<Uint8Array<ArrayBuffer>> => {
    const length = Math.min(partBytes, end - at)
    const bytes = await client.read(key, at, length, partTimes)
    if (bytes?.length === length) return bytes
    throw Object.assign(new Error('the object is cut'), { code: 'EIO' })
  }
  let next: Promise<Uint8Array<ArrayBuffer>> | null = null
  for (let at = start; at < end; at += partBytes) {
    const bytes = await (next ?? fetchAt(at))
    next = null
    if (at + partBytes < end && ahead < aheadMax) {
      ahead += 1
      next = fetchAt(at + partBytes).finally(() => (ahead -= 1))
      // Nobody may ask for it any more.
      next.catch(() => {})
    }
    yield bytes
  }
}

async function* list(
  client: S3Client,
  { prefix }: S3Place,
  before: number,
): AsyncGenerator<string> {
  for await (const { key, changedAt } of client.list(prefix)) {
    if (isKeyOfFile(prefix, key) && changedAt < before) yield key.slice(prefix.length + 3)
  }
}

/** Whether it is a file of this place: a longer prefix may be the place of another server. */
export function isKeyOfFile(prefix: string, key: string): boolean {
  const id = key.slice(prefix.length + 3)
  return /^[0-9a-f]{32}$/.test(id) && key === `${prefix}${id.slice(0, 2)}/${id}`
}
