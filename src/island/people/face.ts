import { announce, closest, element, onClick } from '../ui/dom'
import { draw, isAnimated, withPicture } from '../ui/picture'
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
  const take = (event: Event, file: File | undefined): void => {
    const isText = event.type === 'paste' && file === undefined
    if (isText || document.querySelector('.own-face') === null) return
    event.preventDefault()
    if (file !== undefined) void use(file)
  }
  document.addEventListener('paste', (event) => take(event, event.clipboardData?.files[0]))
  document.addEventListener('dragover', (event) => take(event, undefined))
  document.addEventListener('drop', (event) => take(event, event.dataTransfer?.files[0]))
  onClick(document, '.own-face__choose', () => input('.own-face__file')?.click())
  document.addEventListener('change', (event) => {
    const field = closest(event.target, '.own-face__file')
    if (!(field instanceof HTMLInputElement)) return
    take(event, field.files?.[0])
    field.value = ''
  })
  // A refused form that comes back still has the picture, as text.
  document.addEventListener('htmx:after:swap', showKept)
  showKept()
}

function input(selector: string): HTMLInputElement | null {
  return document.querySelector<HTMLInputElement>(selector)
}

async function use(file: File): Promise<void> {
  if (await isAnimated(file)) return complain('moves')
  const text = file.size > fileBytesMax ? null : await withPicture(file, crop)
  if (text === null) return complain('unreadable')
  complain(null)
  const field = input('.own-face [name=picture]')
  if (field !== null) field.value = text
  show(text)
}

function complain(about: 'moves' | 'unreadable' | null): void {
  const form = document.querySelector<HTMLElement>('.own-face')
  const sentence = about === null ? '' : (form?.dataset[about] ?? '')
  document.querySelector('.own-face__problem')?.replaceChildren(sentence)
  if (sentence !== '') announce(sentence, 'alert')
}

/** The middle of the picture as a JPEG in base64. */
function crop(image: HTMLImageElement): string {
  const { naturalWidth: width, naturalHeight: height } = image
  const side = Math.min(width, height)
  const [left, top] = [(width - side) / 2, (height - side) / 2]
  const canvas = draw(image, sidePx, sidePx, '#fff', [left, top, side, side])
  return canvas.toDataURL('image/jpeg', 0.88).replace(/^.*,/, '')
}

function show(text: string): void {
  const choice = document.querySelector<HTMLElement>('.picks__own')
  const radio = choice?.querySelector('input')
  const image = choice?.querySelector('img')
  if (choice === null || radio == null || image == null) return
  const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))
  image.src = URL.createObjectURL(new Blob([bytes], { type: 'image/jpeg' }))
  choice.hidden = false
  radio.value = 'picture'
  radio.checked = true
}

function showKept(): void {
  const text = input('.own-face [name=picture]')?.value ?? ''
  const image = document.querySelector<HTMLImageElement>('.picks__own img')
  if (text === '' || image?.src.startsWith('blob:')) return
  try {
    show(text)
  } catch {
    complain('unreadable')
  }
}

const fieldsKept = ['nickname', 'avatar', 'picture']

/** Shows the sign-in dialog, with the name and picture of the last time. */
export function startSignIn(storage: Storage): void {
  const dialog = element('sign-in', HTMLDialogElement)
  dialog.addEventListener('cancel', (event) => event.preventDefault())
  dialog.close()
  dialog.showModal()
  fillIn(element('sign-in-form', HTMLFormElement), fieldsOf(storage.read('person')))
  dialog.addEventListener('submit', () => {
    const form = new FormData(element('sign-in-form', HTMLFormElement))
    storage.write('person', Object.fromEntries(fieldsKept.map((name) => [name, form.get(name)])))
  })
  const select = (): void => dialog.querySelector<HTMLInputElement>('[autofocus]')?.select()
  // What was refused comes back with the form, to be corrected.
  document.addEventListener('htmx:after:swap', select)
  select()
}

function fillIn(form: HTMLFormElement, kept: Record<string, unknown>): void {
  for (const name of fieldsKept) {
    const [field, value] = [form.elements.namedItem(name), kept[name]]
    if (typeof value !== 'string') continue
    if (field instanceof RadioNodeList) field.value = value
    else if (field instanceof HTMLInputElement) field.value ||= value
  }
}
