import type { App, OutboxEntry, OutboxFile } from '../app'
import { fill } from '../../shared/text'
import { announce } from '../ui/dom'
import { createPaths } from '../../shared/paths'
import type { KeptFiles } from './kept-files'
import type { MediaWords } from '../lazy/media'
import type { Page } from '../ui/page'
import { shrink } from './shrink'

/** Two fill the line without starving a third. */
const uploadsAtOnce = 2

/** How far a file is: from 0 to 1, and how fast, once that can be said. */
export type Progress = { share: number; bytesPerSecond: number | null }

export type Uploads = {
  /** Sends the files of a message, two at a time; those under way or done are left alone. */
  start: (entry: OutboxEntry) => void
  /** Stops what is under way and forgets the bytes. */
  forget: (entry: OutboxEntry) => void
  /** Tells how far a file is, now and from now on. */
  watch: (key: string, tell: (progress: Progress) => void) => void
}

type Upload = { clientId: string; file: OutboxFile; request: XMLHttpRequest | null }

type Dock = {
  page: Page
  words: MediaWords
  kept: KeptFiles
  app: App
  /** In the order in which they were chosen. */
  queue: Map<string, Upload>
  watchers: Map<string, (progress: Progress) => void>
  underWay: Set<string>
  /** How often a file was sent in vain. */
  tries: Map<string, number>
}

/** Makes the sender of files: they leave before their message does, and it waits for them. */
export function createUploads(page: Page, words: MediaWords, kept: KeptFiles, app: App): Uploads {
  const dock: Dock = {
    page,
    words,
    kept,
    app,
    queue: new Map(),
    watchers: new Map(),
    underWay: new Set(),
    tries: new Map(),
  }
  return {
    start({ clientId, files }) {
      for (const file of files) {
        if (file.id !== '' || dock.queue.has(file.key)) continue
        dock.queue.set(file.key, { clientId, file, request: null })
      }
      next(dock)
    },
    forget({ files }) {
      for (const { key } of files) {
        dock.queue.get(key)?.request?.abort()
        finish(dock, key)
        kept.forget(key)
      }
      next(dock)
    },
    watch: (key, tell) => void dock.watchers.set(key, tell),
  }
}

function next(dock: Dock): void {
  for (const [key, upload] of dock.queue) {
    if (dock.underWay.size >= uploadsAtOnce) return
    if (dock.underWay.has(key)) continue
    dock.underWay.add(key)
    void send(dock, upload)
  }
}

function finish({ queue, tries, underWay, watchers }: Dock, key: string): void {
  tries.delete(key)
  queue.delete(key)
  underWay.delete(key)
  watchers.delete(key)
}

async function send(dock: Dock, upload: Upload): Promise<void> {
  const { kept, page, app, words } = dock
  const { clientId, file } = upload
  const bytes = await kept.find(file.key)
  const isWanted = (): boolean => dock.queue.get(file.key) === upload
  if (!isWanted()) return
  const fail = (reason: string): void => {
    for (const [key, other] of dock.queue) if (other.clientId === clientId) stop(dock, key)
    app.outbox.setUploaded(clientId, file.key, '', reason)
    announce(words.uploadFailed ?? '', 'alert')
    next(dock)
  }
  if (bytes === null) return fail(fill(words.lost ?? '', { name: file.name }))
  const { blob, type, preview } = await shrink(bytes, file.isOriginal)
  if (!isWanted()) return
  const name = type === bytes.type ? file.name : renamed(file.name, type)
  const answer = await post(dock, upload, blob, { name, type, preview })
  if (!isWanted()) return
  if (answer === null || answer.retry_ms !== undefined) return orLater(dock, upload, fail, answer)
  if (answer.id === undefined) return fail(answer.reason ?? words.uploadFailed ?? '')
  finish(dock, file.key)
  // The bytes stay until the message is there: till then the server may forget the file.
  app.outbox.setUploaded(clientId, file.key, answer.id)
  if (page.user !== null) next(dock)
}

function stop(dock: Dock, key: string): void {
  const request = dock.queue.get(key)?.request
  dock.queue.delete(key)
  dock.underWay.delete(key)
  request?.abort()
}

/**
 * No answer came, or one that says when to ask again. Without a connection the file waits for the
 * next one, as the outbox asks again then; with one it is tried a few times more.
 */
function orLater(
  dock: Dock,
  upload: Upload,
  fail: (reason: string) => void,
  answer: Answer | null,
): void {
  const { key } = upload.file
  setTimeout(() => {
    if (dock.queue.get(key) !== upload) return
    const isConnected = dock.app.connection?.send({ type: 'ping' }) === true
    // Many photos at once are only many: they follow one by one, however long it takes.
    const isTry = isConnected && answer?.code !== 'too_many'
    const tries = (dock.tries.get(key) ?? 0) + (isTry ? 1 : 0)
    if (tries > triesMax) return fail(answer?.reason || (dock.words.uploadCut ?? ''))
    stop(dock, key)
    dock.tries.set(key, tries)
    if (isConnected) dock.app.outbox.flush()
    next(dock)
  }, answer?.retry_ms ?? againMs)
}

const triesMax = 5
const againMs = 2_000

type Answer = { id?: string; code?: string; reason?: string; retry_ms?: number }

/** Sends one file; null when no answer came. */
function post(
  dock: Dock,
  upload: Upload,
  blob: Blob,
  { name, type, preview }: { name: string; type: string; preview: string },
): Promise<Answer | null> {
  const { promise, resolve } = Promise.withResolvers<Answer | null>()
  const request = new XMLHttpRequest()
  const startedAt = performance.now()
  upload.request = request
  request.open('POST', createPaths(dock.page.base).attachments())
  request.setRequestHeader('Accept', 'application/json')
  request.setRequestHeader('Content-Type', type || 'application/octet-stream')
  request.setRequestHeader('X-Filename', encodeURIComponent(name))
  request.setRequestHeader('X-Description', encodeURIComponent(upload.file.description))
  request.setRequestHeader('X-Preview', preview)
  request.upload.addEventListener('progress', ({ loaded, total }) => {
    const seconds = (performance.now() - startedAt) / 1000
    const bytesPerSecond = seconds > speedAfterSeconds ? loaded / seconds : null
    const share = total > 0 ? loaded / total : 0
    dock.watchers.get(upload.file.key)?.({ share, bytesPerSecond })
  })
  request.addEventListener('loadend', () => {
    if (request.status === 0) return resolve(null)
    try {
      resolve(JSON.parse(request.responseText))
    } catch {
      resolve(null)
    }
  })
  request.send(blob)
  return promise
}

/** Earlier it would only jump about. */
const speedAfterSeconds = 3

function renamed(name: string, type: string): string {
  const ending = type.replace('image/', '').replace('jpeg', 'jpg')
  return `${name.replace(/\.[^.]*$/, '')}.${ending}`
}
