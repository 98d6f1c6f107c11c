import type { Emoji, EmojiList } from './emoji-list'
import type { Storage } from '../ui/storage'

/** Which versions of Unicode this system cannot draw; nothing is hidden before that is known. */
export type EmojiDrawn = { isDrawn: (emoji: Emoji) => boolean }

/**
 * Draws one emoji of each version on a canvas when the browser has nothing else to do, once per
 * browser. `onMissing` is called when something turned out to be missing.
 */
export function watchEmojiDrawn(
  list: EmojiList,
  storage: Storage,
  onMissing: () => void,
): EmojiDrawn {
  let missing = readMissing(storage.read('emoji.missing'))
  if (missing === null) {
    whenIdle(() => {
      missing = findMissing(list)
      storage.write('emoji.missing', { browser: navigator.userAgent, versions: [...missing] })
      if (missing.size > 0) onMissing()
    })
  }
  return { isDrawn: ({ version }) => missing?.has(version) !== true }
}

function readMissing(value: unknown): Set<string> | null {
  const fields = new Map(typeof value === 'object' && value !== null ? Object.entries(value) : [])
  const versions: unknown = fields.get('versions')
  if (fields.get('browser') !== navigator.userAgent || !Array.isArray(versions)) return null
  return new Set(versions.filter((version) => typeof version === 'string'))
}

function whenIdle(work: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(work, { timeout: idleMsMax })
  else setTimeout(work, 200)
}

const idleMsMax = 2_000
/** Of 2017: older than any system that shows this page. */
const drawnEverywhere = 5
const sizePx = 20

function findMissing(list: EmojiList): Set<string> {
  const canvas = document.createElement('canvas')
  canvas.width = sizePx * 3
  canvas.height = sizePx * 2
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (context === null) return new Set()
  const family = getComputedStyle(document.documentElement).getPropertyValue('--emoji')
  context.font = `${sizePx}px ${family}, sans-serif`
  context.textBaseline = 'top'
  const canDraw = (emoji: Emoji): boolean => isOnePicture(context, emoji.sign)
  const [oldest, ...samples] = samplesOf(list)
  // Where even the oldest seems missing the canvas tells nothing: some browsers blur it.
  if (oldest === undefined || !canDraw(oldest)) return new Set()
  const isUnsure = ({ version }: Emoji): boolean => Number(version) > drawnEverywhere
  const missing = samples.filter((emoji) => isUnsure(emoji) && !canDraw(emoji))
  return new Set(missing.map(({ version }) => version))
}

/** One emoji of each version, the simplest; flags are letters on some systems in any version. */
function samplesOf(list: EmojiList): Emoji[] {
  const byVersion = new Map<string, Emoji>()
  for (const { name, emoji } of list.groups) {
    for (const one of name === 'flags' ? [] : emoji) {
      const known = byVersion.get(one.version)
      if (known === undefined || one.sign.length < known.sign.length) {
        byVersion.set(one.version, one)
      }
    }
  }
  return [...byVersion.values()].sort((a, b) => Number(a.version) - Number(b.version))
}

/** Black or white ink makes no difference to a picture; two side by side are a broken sequence. */
function isOnePicture(context: CanvasRenderingContext2D, sign: string): boolean {
  const isWide = context.measureText(sign).width > context.measureText('😀').width * 1.5
  if (isWide) return false
  const [black, white] = ['#000', '#fff'].map((ink) => {
    context.clearRect(0, 0, context.canvas.width, context.canvas.height)
    context.fillStyle = ink
    context.fillText(sign, 0, 0)
    return context.getImageData(0, 0, context.canvas.width, context.canvas.height).data
  })
  const isAnything = black?.some((value) => value > 0) === true
  return isAnything && black.every((value, n) => value === white?.[n])
}
