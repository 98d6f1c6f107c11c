import { announce } from '../ui/dom'

/** The side of a face in pixels: as sharp as the largest place needs on a dense screen. */
const sidePx = 128
const fileBytesMax = 30 * 1024 * 1024

/**
 * One's own picture in the forms for name and picture, at the door and later: chosen, dropped or
 * pasted, cut to a square and made small here, and sent with the form as text.
 */
export function watchFaces(): void {
  document.addEventListener('click', ({ target }) => {
    const isButton = target instanceof Element && target.closest('.own-face__choose') !== null
    if (isButton) part('.own-face__file', HTMLInputElement)?.click()
  })
  document.addEventListener('change', ({ target }) => {
    if (!(target instanceof HTMLInputElement) || !target.matches('.own-face__file')) return
    const file = target.files?.[0]
    if (file !== undefined) void use(file)
    target.value = ''
  })
  document.addEventListener('paste', (event) => {
    const file = event.clipboardData?.files[0]
    if (file === undefined || part('.own-face', HTMLElement) === null) return
    event.preventDefault()
    void use(file)
  })
  document.addEventListener('dragover', (event) => {
    if (part('.own-face', HTMLElement) !== null) event.preventDefault()
  })
  document.addEventListener('drop', (event) => {
    if (part('.own-face', HTMLElement) === null) return
    event.preventDefault()
    const file = event.dataTransfer?.files[0]
    if (file !== undefined) void use(file)
  })
  // A form that came back with a complaint still has the picture, as text.
  document.addEventListener('htmx:after:swap', showKept)
  showKept()
}

function part<Kind extends HTMLElement>(selector: string, kind: new () => Kind): Kind | null {
  const found = document.querySelector(selector)
  return found instanceof kind ? found : null
}

async function use(file: File): Promise<void> {
  const words = part('.own-face', HTMLElement)?.dataset ?? {}
  const made = file.size > fileBytesMax ? null : await crop(file)
  if (made === 'moves') return complain(words.moves ?? '')
  if (made === null) return complain(words.unreadable ?? '')
  complain('')
  const field = part('.own-face [name=picture]', HTMLInputElement)
  if (field !== null) field.value = await textOf(made)
  show(made)
}

function complain(sentence: string): void {
  part('.own-face__problem', HTMLElement)?.replaceChildren(sentence)
  if (sentence !== '') announce(sentence, 'alert')
}

/** The middle of the picture; null when it cannot be read. */
async function crop(file: File): Promise<Blob | 'moves' | null> {
  const start = await file.slice(0, 4_096).text()
  const isAnimation = file.type === 'image/gif' || /ANIM|acTL/.test(start)
  if (isAnimation) return 'moves'
  const url = URL.createObjectURL(file)
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    const side = Math.min(image.naturalWidth, image.naturalHeight)
    const left = (image.naturalWidth - side) / 2
    const top = (image.naturalHeight - side) / 2
    const canvas = document.createElement('canvas')
    canvas.width = sidePx
    canvas.height = sidePx
    const pen = canvas.getContext('2d')
    if (pen === null || side === 0) return null
    pen.imageSmoothingQuality = 'high'
    pen.fillStyle = '#fff'
    pen.fillRect(0, 0, sidePx, sidePx)
    pen.drawImage(image, left, top, side, side, 0, 0, sidePx, sidePx)
    return await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.88))
  } catch {
    return null
  } finally {
    URL.revokeObjectURL(url)
  }
}

async function textOf(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer())
  return btoa([...bytes].map((byte) => String.fromCharCode(byte)).join(''))
}

function show(blob: Blob): void {
  const choice = part('.picks__own', HTMLElement)
  const radio = choice?.querySelector('input')
  const image = choice?.querySelector('img')
  if (choice === null || radio == null || image == null) return
  image.src = URL.createObjectURL(blob)
  choice.hidden = false
  radio.value = 'picture'
  radio.checked = true
}

function showKept(): void {
  const text = part('.own-face [name=picture]', HTMLInputElement)?.value ?? ''
  const image = part('.picks__own img', HTMLImageElement)
  if (text === '' || image === null || image.src.startsWith('blob:')) return
  try {
    const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))
    show(new Blob([bytes], { type: 'image/jpeg' }))
  } catch {
    complain(part('.own-face', HTMLElement)?.dataset.unreadable ?? '')
  }
}
