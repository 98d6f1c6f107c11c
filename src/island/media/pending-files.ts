import { fill, sizeOf } from '../../shared/text'
import type { OutboxEntry, OutboxFile } from '../app'
import { copyOf, make } from '../ui/dom'
import type { KeptFiles } from './kept-files'
import type { MediaWords, Progress, Uploads } from './uploads'

/** Shows the files of an unsent message as they will look, with their progress. */
export async function decoratePending(
  words: MediaWords,
  kept: KeptFiles,
  uploads: Uploads,
  row: HTMLElement,
  entry: OutboxEntry,
): Promise<void> {
  row.querySelector('.upload')?.toggleAttribute('hidden', entry.state === 'failed')
  if (row.querySelector('.files') !== null) return
  const files = make('div', { class: 'files' })
  row.querySelector('.msg__body')?.after(files)
  const [pictures, others] = [true, false].map((isPicture) =>
    entry.files.filter(({ type }) => type.startsWith('image/') === isPicture),
  )
  const shown = Math.min(pictures?.length ?? 0, 4)
  const grid = make('div', { class: shown > 1 ? `pics pics--${shown}` : 'pics' })
  if (shown > 0) files.append(grid)
  for (const [n, file] of pictures?.entries() ?? []) grid.append(await makePicture(kept, file, n))
  files.append(...(others ?? []).map(makeCard))
  if (entry.files.some(({ id }) => id === '')) files.append(makeBar(words, uploads, entry))
}

async function makePicture(kept: KeptFiles, file: OutboxFile, n: number): Promise<HTMLElement> {
  const href = await kept.url(file.key)
  if (href === null) return makeCard(file)
  const image = make('img', { src: href, alt: file.description || file.name })
  // Its size is known here, so its place has it before anything is drawn.
  await image.decode().catch(() => {})
  const { naturalWidth, naturalHeight } = image
  if (naturalWidth === 0) return makeCard(file)
  const scale = Math.min(1, 416 / naturalWidth, 320 / naturalHeight)
  image.width = Math.max(1, Math.round(naturalWidth * scale))
  image.height = Math.max(1, Math.round(naturalHeight * scale))
  const look = n < 4 ? 'pic' : 'pic pic--extra'
  return make('a', { class: look, href, 'data-name': file.name }, image)
}

function makeCard({ name, size }: OutboxFile): HTMLElement {
  const card = copyOf('file-card')
  card.querySelector('bdi')?.replaceChildren(name)
  card.querySelector('small')?.replaceChildren(sizeOf(size))
  return card
}

/** One bar for all files of the message, with a button that cancels. */
function makeBar(words: MediaWords, uploads: Uploads, entry: OutboxEntry): HTMLElement {
  const bar = copyOf('upload-bar')
  bar.hidden = entry.state === 'failed'
  const total = entry.files.reduce((sum, { size }) => sum + size, 0)
  const shares = new Map(entry.files.map((file) => [file.key, file.id === '' ? 0 : 1]))
  const tell = (key: string, { share, bytesPerSecond }: Progress): void => {
    shares.set(key, share)
    const sent = entry.files.reduce((sum, file) => sum + file.size * (shares.get(file.key) ?? 0), 0)
    const percent = Math.floor((sent / Math.max(1, total)) * 100)
    bar.querySelector('progress')?.setAttribute('value', String(percent))
    const speed = bytesPerSecond === null ? '' : ` · ${sizeOf(bytesPerSecond)}/s`
    bar.querySelector('span')?.replaceChildren(fill(words.percent, { n: percent }) + speed)
  }
  for (const { key } of entry.files) uploads.watch(key, (progress) => tell(key, progress))
  return bar
}
