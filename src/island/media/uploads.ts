import type { Words } from '../../../views/words'
import { pageLanguageHeader } from '../../shared/languages'
import { latePaths } from '../../shared/paths'
import { sizeOnPage } from '../../shared/pictures'
import { fill, sizeOf } from '../../shared/text'
import type { App, OutboxEntry, OutboxFile } from '../app'
import { announce, copyOf, make, nodesOf } from '../ui/dom'
import type { KeptFiles } from './kept-files'
import { shrink, type Shrunk } from './shrink'

/** Two fill the line without starving a third. */
const uploadsAtOnce = 2
const triesMax = 5
const retryMs = 2_000
/** Earlier the speed would only jump about. */
const speedAfterSeconds = 3

/** Sentences of the media kit. */
export type MediaWords = Words['media']['live']

type Upload = {
  entry: OutboxEntry
  file: OutboxFile
  /** Null while it waits for its turn. */
  request: XMLHttpRequest | null
  /** How much is sent, from 0 to 1. */
  share: number
  failedTries: number
}

type State = { app: App; words: MediaWords; kept: KeptFiles; queue: Map<string, Upload> }

/** Makes the sender of files: they are sent before their message, which waits for them. */
export function createUploads(app: App, words: MediaWords, kept: KeptFiles) {
  const state: State = { app, words, kept, queue: new Map() }
  return {
    upload(entry: OutboxEntry): void {
      for (const file of entry.files) {
        if (file.id !== '' || state.queue.has(file.key)) continue
        state.queue.set(file.key, { entry, file, request: null, share: 0, failedTries: 0 })
      }
      sendNext(state)
    },
    forget({ files }: OutboxEntry): void {
      for (const { key } of files) {
        stop(state, key)
        kept.forget(key)
      }
      sendNext(state)
    },
    decorate: (row: HTMLElement, entry: OutboxEntry) => void showFiles(kept, row, entry),
  }
}

function sendNext(state: State): void {
  const uploads = [...state.queue.values()]
  const waiting = uploads.filter(({ request }) => request === null)
  const free = uploadsAtOnce - (uploads.length - waiting.length)
  for (const upload of waiting.slice(0, free)) void send(state, upload)
}

function stop({ queue }: State, key: string): void {
  queue.get(key)?.request?.abort()
  queue.delete(key)
}

async function send(state: State, upload: Upload): Promise<void> {
  const { app, kept, queue, words } = state
  const { entry, file } = upload
  const request = new XMLHttpRequest()
  upload.request = request
  const isStopped = (): boolean => queue.get(file.key) !== upload
  const bytes = await kept.find(file.key)
  const shrunk = bytes === null ? null : await shrink(bytes.blob, file)
  if (isStopped()) return
  if (shrunk === null) return fail(state, upload, fill(words.lost, { name: file.name }))
  const answer = await post(state, upload, request, shrunk)
  if (isStopped()) return
  if (answer === null || answer.retry_ms !== undefined) return retryLater(state, upload, answer)
  if (answer.id === undefined) return fail(state, upload, answer.reason ?? words.uploadFailed)
  queue.delete(file.key)
  // The bytes stay until the message is accepted: until then the server may delete the file.
  app.outbox.setUploaded(entry.clientId, file.key, answer.id)
  sendNext(state)
}

/** Without one of its files the message fails as a whole. */
function fail(state: State, { entry, file }: Upload, reason: string): void {
  for (const { key } of entry.files) stop(state, key)
  state.app.outbox.setUploaded(entry.clientId, file.key, '', reason)
  announce(state.words.uploadFailed, 'alert')
  sendNext(state)
}

/** Without a connection the file waits for the next one, as the outbox requests it again then. */
function retryLater(state: State, upload: Upload, answer: Answer | null): void {
  const { app, queue, words } = state
  setTimeout(() => {
    if (queue.get(upload.file.key) !== upload) return
    const isConnected = app.connection.send({ type: 'ping' })
    // Many photos are only many: they follow one by one, however long it takes.
    const isQueued = answer?.code === 'too_many' || answer?.code === 'busy'
    if (isConnected && !isQueued) upload.failedTries += 1
    if (upload.failedTries > triesMax) return fail(state, upload, answer?.reason || words.uploadCut)
    upload.request = null
    if (isConnected) sendNext(state)
  }, answer?.retry_ms ?? retryMs)
}

type Answer = { id?: string; code?: string; reason?: string; retry_ms?: number }

/** Sends one file; null when no answer came. */
function post(state: State, upload: Upload, request: XMLHttpRequest, shrunk: Shrunk) {
  const { blob, name, preview } = shrunk
  const startedAt = performance.now()
  request.responseType = 'json'
  const { base, language } = state.app.page
  request.open('POST', latePaths(base).attachments())
  const headers = {
    [pageLanguageHeader]: language,
    Accept: 'application/json',
    'Content-Type': blob.type || 'application/octet-stream',
    'X-Filename': encodeURIComponent(name),
    'X-Description': encodeURIComponent(upload.file.description),
    'X-Preview': preview,
  }
  for (const [header, value] of Object.entries(headers)) request.setRequestHeader(header, value)
  request.upload.addEventListener('progress', ({ loaded, total }) => {
    const seconds = (performance.now() - startedAt) / 1000
    upload.share = loaded / total
    const isSteady = seconds > speedAfterSeconds
    showProgress(state, upload.entry, isSteady ? ` · ${sizeOf(loaded / seconds)}/s` : '')
  })
  request.send(blob)
  const { promise, resolve } = Promise.withResolvers<Answer | null>()
  request.addEventListener('loadend', () => resolve(request.response))
  return promise
}

function showProgress({ queue, words }: State, { clientId, files }: OutboxEntry, speed: string) {
  const total = files.reduce((sum, { size }) => sum + size, 0)
  const sent = files.reduce((sum, { key, size }) => sum + size * (queue.get(key)?.share ?? 1), 0)
  const percent = Math.floor((sent / total) * 100)
  const bar = document.getElementById(`upload-${clientId}`)
  bar?.querySelector('progress')?.setAttribute('value', String(percent))
  bar
    ?.querySelector('span')
    ?.replaceChildren(...nodesOf(fill(words.percent, { n: percent }) + speed))
}

/** Shows the files of an unsent message as they will look, with one bar for all of them. */
async function showFiles(kept: KeptFiles, row: HTMLElement, entry: OutboxEntry): Promise<void> {
  if (row.querySelector('.files') !== null) return
  const files = make('div', { class: 'files' })
  row.querySelector('.msg__body')?.after(files)
  const isPicture = ({ type }: OutboxFile): boolean => type.startsWith('image/')
  const pictures = entry.files.filter(isPicture)
  const shown = Math.min(pictures.length, 4)
  const grid = make('div', { class: shown > 1 ? `pics pics--${shown}` : 'pics' })
  if (shown > 0) files.append(grid)
  grid.append(...(await Promise.all(pictures.map((file, n) => makePicture(kept, file, n)))))
  files.append(...entry.files.filter((file) => !isPicture(file)).map(makeCard))
  if (entry.files.every(({ id }) => id !== '')) return
  const bar = copyOf('upload-bar')
  bar.id = `upload-${entry.clientId}`
  files.append(bar)
}

async function makePicture(kept: KeptFiles, file: OutboxFile, n: number): Promise<HTMLElement> {
  const { url: href = '' } = (await kept.find(file.key)) ?? {}
  const image = make('img', { src: href, alt: file.description || file.name })
  // Its size is known here, so its place has it before anything is drawn.
  await image.decode().catch(() => {})
  if (image.naturalWidth === 0) return makeCard(file)
  Object.assign(image, sizeOnPage(image.naturalWidth, image.naturalHeight))
  const look = n < 4 ? 'pic' : 'pic pic--extra'
  return make('a', { class: look, href, 'data-name': file.name }, image)
}

function makeCard({ name, size }: OutboxFile): HTMLElement {
  const card = copyOf('file-card')
  card.querySelector('bdi')?.replaceChildren(name)
  card.querySelector('small')?.replaceChildren(sizeOf(size))
  return card
}
