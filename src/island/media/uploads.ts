import type { Words } from '../../../views/words'
import { createPaths } from '../../shared/paths'
import { fill } from '../../shared/text'
import type { App, OutboxEntry, OutboxFile } from '../app'
import { announce } from '../ui/dom'
import type { KeptFiles } from './kept-files'
import { shrink, type Shrunk } from './shrink'

/** Two fill the line without starving a third. */
const uploadsAtOnce = 2
const triesMax = 5
const retryMs = 2_000
/** Earlier the speed would only jump about. */
const speedAfterSeconds = 3

/** What the files of a message say, in the reader's language; part of the media kit. */
export type MediaWords = Words['media']['live']

/** How far a file is: from 0 to 1, and how fast, once that can be said. */
export type Progress = { share: number; bytesPerSecond: number | null }

export type Uploads = ReturnType<typeof createUploads>

type Upload = {
  clientId: string
  file: OutboxFile
  isRunning: boolean
  request: XMLHttpRequest | null
  /** How often the file was sent in vain. */
  tries: number
}

type State = {
  app: App
  words: MediaWords
  kept: KeptFiles
  /** In the order in which they were chosen. */
  queue: Map<string, Upload>
  watchers: Map<string, (progress: Progress) => void>
}

/** Makes the sender of files: they are sent before their message, which waits for them. */
export function createUploads(app: App, words: MediaWords, kept: KeptFiles) {
  const state: State = { app, words, kept, queue: new Map(), watchers: new Map() }
  return {
    /** Sends the files of a message, two at a time; those in progress or done are left alone. */
    start({ clientId, files }: OutboxEntry): void {
      for (const file of files) {
        if (file.id !== '' || state.queue.has(file.key)) continue
        state.queue.set(file.key, { clientId, file, isRunning: false, request: null, tries: 0 })
      }
      sendNext(state)
    },
    /** Stops what is in progress and forgets the bytes. */
    forget({ files }: OutboxEntry): void {
      for (const { key } of files) {
        stop(state, key)
        state.watchers.delete(key)
        kept.forget(key)
      }
      sendNext(state)
    },
    /** Tells how far a file is from now on. */
    watch(key: string, tell: (progress: Progress) => void): void {
      state.watchers.set(key, tell)
    },
  }
}

function sendNext(state: State): void {
  const uploads = [...state.queue.values()]
  const free = uploadsAtOnce - uploads.filter(({ isRunning }) => isRunning).length
  for (const upload of uploads.filter(({ isRunning }) => !isRunning).slice(0, free)) {
    upload.isRunning = true
    void send(state, upload)
  }
}

function stop({ queue }: State, key: string): void {
  const upload = queue.get(key)
  queue.delete(key)
  upload?.request?.abort()
}

async function send(state: State, upload: Upload): Promise<void> {
  const { app, kept, queue, words } = state
  const { clientId, file } = upload
  const isWanted = (): boolean => queue.get(file.key) === upload
  const bytes = await kept.find(file.key)
  if (!isWanted()) return
  if (bytes === null) return fail(state, upload, fill(words.lost, { name: file.name }))
  const shrunk = await shrink(bytes, file.isOriginal)
  if (!isWanted()) return
  const isSame = shrunk.type === bytes.type
  const answer = await post(state, upload, shrunk, isSame ? file.name : nameFor(shrunk, file))
  if (!isWanted()) return
  if (answer === null || answer.retry_ms !== undefined) return retryLater(state, upload, answer)
  if (answer.id === undefined) return fail(state, upload, answer.reason ?? words.uploadFailed)
  stop(state, file.key)
  state.watchers.delete(file.key)
  // The bytes stay until the message is accepted: until then the server may delete the file.
  app.outbox.setUploaded(clientId, file.key, answer.id)
  sendNext(state)
}

/** Without one of its files the message fails as a whole. */
function fail(state: State, { clientId, file }: Upload, reason: string): void {
  for (const [key, other] of state.queue) if (other.clientId === clientId) stop(state, key)
  state.app.outbox.setUploaded(clientId, file.key, '', reason)
  announce(state.words.uploadFailed, 'alert')
  sendNext(state)
}

/**
 * No answer came, or one that says when to ask again. Without a connection the file waits for the
 * next one, as the outbox requests again then; with one it is tried a few times more.
 */
function retryLater(state: State, upload: Upload, answer: Answer | null): void {
  setTimeout(() => {
    if (state.queue.get(upload.file.key) !== upload) return
    const isConnected = state.app.connection.send({ type: 'ping' })
    // Many photos are only many: they follow one by one, however long it takes.
    if (isConnected && answer?.code !== 'too_many') upload.tries += 1
    if (upload.tries > triesMax) {
      return fail(state, upload, answer?.reason || state.words.uploadCut)
    }
    upload.isRunning = false
    if (isConnected) sendNext(state)
  }, answer?.retry_ms ?? retryMs)
}

type Answer = { id?: string; code?: string; reason?: string; retry_ms?: number }

/** Sends one file; null when no answer came. */
function post(
  { app, watchers }: State,
  upload: Upload,
  { blob, type, preview }: Shrunk,
  name: string,
): Promise<Answer | null> {
  const { promise, resolve } = Promise.withResolvers<Answer | null>()
  const request = new XMLHttpRequest()
  const startedAt = performance.now()
  upload.request = request
  request.open('POST', createPaths(app.page.base).attachments())
  const headers = {
    Accept: 'application/json',
    'Content-Type': type || 'application/octet-stream',
    'X-Filename': encodeURIComponent(name),
    'X-Description': encodeURIComponent(upload.file.description),
    'X-Preview': preview,
  }
  for (const [header, value] of Object.entries(headers)) request.setRequestHeader(header, value)
  request.upload.addEventListener('progress', ({ loaded, total }) => {
    const seconds = (performance.now() - startedAt) / 1000
    const bytesPerSecond = seconds > speedAfterSeconds ? loaded / seconds : null
    watchers.get(upload.file.key)?.({ share: total > 0 ? loaded / total : 0, bytesPerSecond })
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

/** The name with the ending of the type that is sent. */
function nameFor({ type }: Shrunk, { name }: OutboxFile): string {
  const ending = type.replace('image/', '').replace('jpeg', 'jpg')
  return `${name.replace(/\.[^.]*$/, '')}.${ending}`
}
