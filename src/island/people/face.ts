import { announce, closest } from '../ui/dom'
import { draw, encode, isAnimated, withPicture } from '../ui/picture'
import { fieldsOf } from '../ui/shape'
import type { Storage } from '../ui/storage'

/** The side of a profile picture in pixels: sharp in the largest place on a dense screen. */
const sidePx = 128
const fileBytesMax = 30 * 1024 * 1024

/**
 * The reader's own picture in the forms for name and picture: chosen, dropped or pasted, cut to a
 * square and made small here, and sent with the form as text.
 */
export function watchFaces(): void {
  document.addEventListener('click', ({ target }) => {
    if (closest(target, '.own-face__choose') !== null) input('.own-face__file')?.click()
  })
  document.addEventListener('change', ({ target }) => {
    if (!(target instanceof HTMLInputElement) || !target.matches('.own-face__file')) return
    useFirst(target.files)
    target.value = ''
  })
  const hasForm = (): boolean => document.querySelector('.own-face') !== null
  document.addEventListener('paste', (event) => {
    const files = event.clipboardData?.files
    if (files?.[0] === undefined || !hasForm()) return
    event.preventDefault()
    useFirst(files)
  })
  document.addEventListener('dragover', (event) => {
    if (hasForm()) event.preventDefault()
  })
  document.addEventListener('drop', (event) => {
    if (!hasForm()) return
    event.preventDefault()
    useFirst(event.dataTransfer?.files)
  })
  // A refused form that comes back still has the picture, as text.
  document.addEventListener('htmx:after:swap', showKept)
  showKept()
}

/** Fills in the name and picture of the last sign-in. */
export function prefill(storage: Storage): void {
  const { nickname, picture, avatar } = fieldsOf(storage.read('person'))
  const name = input('#nickname')
  if (name?.value === '' && typeof nickname === 'string') {
    name.value = nickname
    name.select()
  }
  const field = input('#sign-in-form [name=picture]')
  if (field !== null && typeof picture === 'string') field.value ||= picture
  for (const radio of document.querySelectorAll<HTMLInputElement>('#sign-in-form [name=avatar]')) {
    if (radio.value === avatar) radio.checked = true
  }
}

function input(selector: string): HTMLInputElement | null {
  return document.querySelector<HTMLInputElement>(selector)
}

function useFirst(files: FileList | null | undefined): void {
  const file = files?.[0]
  if (file !== undefined) void use(file)
}

async function use(file: File): Promise<void> {
  if (await isAnimated(file)) return complain('moves')
  const made = file.size > fileBytesMax ? null : await withPicture(file, crop)
  if (made === null) return complain('unreadable')
  complain(null)
  const bytes = new Uint8Array(await made.arrayBuffer())
  const field = input('.own-face [name=picture]')
  if (field !== null) field.value = btoa(String.fromCharCode(...bytes))
  show(made)
}

function complain(about: 'moves' | 'unreadable' | null): void {
  const form = document.querySelector<HTMLElement>('.own-face')
  const sentence = about === null ? '' : (form?.dataset[about] ?? '')
  document.querySelector('.own-face__problem')?.replaceChildren(sentence)
  if (sentence !== '') announce(sentence, 'alert')
}

/** The middle of the picture. */
function crop(image: HTMLImageElement): Promise<Blob | null> {
  const { naturalWidth: width, naturalHeight: height } = image
  const side = Math.min(width, height)
  const middle = [(width - side) / 2, (height - side) / 2, side, side] as const
  return encode(draw(image, sidePx, sidePx, '#fff', [...middle]), 'image/jpeg', 0.88)
}

function show(blob: Blob): void {
  const choice = document.querySelector<HTMLElement>('.picks__own')
  const radio = choice?.querySelector('input')
  const image = choice?.querySelector('img')
  if (choice === null || radio == null || image == null) return
  image.src = URL.createObjectURL(blob)
  choice.hidden = false
  radio.value = 'picture'
  radio.checked = true
}

function showKept(): void {
  const text = input('.own-face [name=picture]')?.value ?? ''
  const image = document.querySelector<HTMLImageElement>('.picks__own img')
  if (text === '' || image === null || image.src.startsWith('blob:')) return
  try {
    const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))
    show(new Blob([bytes], { type: 'image/jpeg' }))
  } catch {
    complain('unreadable')
  }
}
