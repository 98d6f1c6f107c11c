import type { OutboxEntry, OutboxFile } from '../app'
import { fill, sizeOf } from '../../shared/text'
import { copyOf } from '../ui/dom'
import type { KeptFiles } from './kept-files'
import type { MediaWords } from '../lazy/media'
import type { Progress, Uploads } from './uploads'

/** Shows the files of an unanswered message as they will look, with how far each of them is. */
export async function dressPending(
  words: MediaWords,
  kept: KeptFiles,
  uploads: Uploads,
  row: HTMLElement,
  entry: OutboxEntry,
): Promise<void> {
  row.querySelector('.upload')?.toggleAttribute('hidden', entry.state === 'failed')
  if (row.querySelector('.files') !== null) return
  const files = document.createElement('div')
  files.className = 'files'
  row.querySelector('.msg__body')?.after(files)
  const pictures = entry.files.filter(({ type }) => type.startsWith('image/'))
  const others = entry.files.filter(({ type }) => !type.startsWith('image/'))
  const grid = document.createElement('div')
  const shown = Math.min(pictures.length, 4)
  grid.className = shown > 1 ? `pics pics--${shown}` : 'pics'
  if (shown > 0) files.append(grid)
  for (const [index, file] of pictures.entries()) grid.append(await picture(kept, file, index))
  for (const file of others) files.append(card(file))
  if (entry.files.some(({ id }) => id === '')) files.append(bar(words, uploads, entry))
}

async function picture(kept: KeptFiles, file: OutboxFile, index: number): Promise<HTMLElement> {
  const url = await kept.url(file.key)
  if (url === null) return card(file)
  const link = document.createElement('a')
  link.className = index < 4 ? 'pic' : 'pic pic--extra'
  link.href = url
  link.dataset.name = file.name
  const image = new Image()
  image.alt = file.description || file.name
  image.src = url
  // Its size is known here, so its place has it before anything is drawn.
  await image.decode().catch(() => {})
  const { naturalWidth: wide, naturalHeight: high } = image
  if (wide === 0) return card(file)
  const scale = Math.min(1, 416 / wide, 320 / high)
  image.width = Math.max(1, Math.round(wide * scale))
  image.height = Math.max(1, Math.round(high * scale))
  link.append(image)
  return link
}

function card({ name, size }: OutboxFile): HTMLElement {
  const made = copyOf('file-card')
  made.querySelector('bdi')?.replaceChildren(name)
  made.querySelector('small')?.replaceChildren(sizeOf(size))
  return made
}

/** One bar for all files of the message, and the way to stop. */
function bar(words: MediaWords, uploads: Uploads, entry: OutboxEntry): HTMLElement {
  const made = copyOf('upload-bar')
  made.hidden = entry.state === 'failed'
  const meter = made.querySelector('progress')
  const note = made.querySelector('span')
  const total = entry.files.reduce((sum, { size }) => sum + size, 0)
  const shares = new Map(entry.files.map((file) => [file.key, file.id === '' ? 0 : 1]))
  const tell = (key: string, { share, bytesPerSecond }: Progress): void => {
    shares.set(key, share)
    const sent = entry.files.reduce((sum, file) => sum + file.size * (shares.get(file.key) ?? 0), 0)
    const percent = Math.floor((sent / Math.max(1, total)) * 100)
    if (meter !== null) meter.value = percent
    const speed = bytesPerSecond === null ? '' : ` · ${sizeOf(bytesPerSecond)}/s`
    note?.replaceChildren(fill(words.percent ?? '', { n: percent }) + speed)
  }
  for (const { key } of entry.files) uploads.watch(key, (progress) => tell(key, progress))
  return made
}
