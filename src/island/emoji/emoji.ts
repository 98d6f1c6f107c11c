import { tones } from '../../shared/emoji'
import { bestOf } from '../../shared/rank-name'
import { make, whenIdle } from '../ui/dom'
import { fieldsOf } from '../ui/shape'
import type { Storage } from '../ui/storage'

/** All emoji by their signs, in the panel's order; each cell of the panel carries its names. */
export type EmojiCells = Map<string, HTMLElement>

/** The cells of a panel. */
export function cellsOf(panel: ParentNode): EmojiCells {
  const cells = panel.querySelectorAll<HTMLElement>('[role=option]')
  return new Map(Array.from(cells, (cell) => [signOf(cell), cell]))
}

/** The emoji of a cell without a skin tone. */
export function signOf({ dataset, textContent }: HTMLElement): string {
  return dataset.tone ?? textContent ?? ''
}

/** The shortcode that is shown. */
export function codeOf({ dataset }: HTMLElement): string {
  return `:${dataset.names?.split(' ', 1)[0]}:`
}

/** The emoji with this shortcode: the one that is best known by it, as some names are shared. */
export function emojiNamed(cells: EmojiCells, code: string): HTMLElement | null {
  const wanted = ` ${code.toLowerCase()} `
  const named = [...cells.values()].filter((cell) => namesOf(cell).includes(wanted))
  return named.find((cell) => namesOf(cell).startsWith(wanted)) ?? named[0] ?? null
}

/** The emoji that every word of a query fits, best first; among equals in the panel's order. */
export function findEmoji(cells: EmojiCells, query: string): HTMLElement[] {
  const words = query.toLowerCase().match(/[^\s_]+/gu) ?? []
  if (words.length === 0) return []
  return bestOf(cells.values(), (cell) => rankOf(cell, words))
}

function rankOf(cell: HTMLElement, words: string[]): number {
  const names = namesOf(cell)
  const whole = ` ${words.join('_')}`
  if (names.includes(`${whole} `)) return 0
  if (names.includes(whole)) return 1
  const tags = ` ${cell.dataset.tags} `
  // As good as the word that fits worst.
  return Math.max(...words.map((word) => rankOfWord(names, tags, word)))
}

function rankOfWord(names: string, tags: string, word: string): number {
  const isBeginning = names.includes(` ${word}`) || names.includes(`_${word}`)
  if (isBeginning || tags.includes(` ${word} `)) return 2
  if (tags.includes(` ${word}`)) return 3
  // In the middle of a word one or two letters say nothing; one Han character does.
  const isLong = word.length > 2 || /\p{sc=Han}/u.test(word)
  if (isLong && names.includes(word)) return 4
  return isLong && tags.includes(word) ? 5 : Number.POSITIVE_INFINITY
}

function namesOf({ dataset }: HTMLElement): string {
  return ` ${dataset.names} `
}

/** Removes what this system cannot draw; looks once per browser, at one emoji of each version. */
export function removeMissing(cells: EmojiCells, samples: string, storage: Storage): void {
  const remove = (versions: unknown[]): void => {
    for (const [sign, cell] of cells) {
      if (!versions.includes(cell.dataset.version)) continue
      cell.remove()
      cells.delete(sign)
    }
  }
  const { userAgent } = navigator
  const { browser, versions } = fieldsOf(storage.read('emoji.missing'))
  if (browser === userAgent && Array.isArray(versions)) return remove(versions)
  const look = (): void => {
    const missing = findMissing(samples)
    storage.write('emoji.missing', { browser: userAgent, versions: missing })
    remove(missing)
  }
  whenIdle(look)
}

const sizePx = 20

function findMissing(samples: string): string[] {
  const canvas = make('canvas', { width: `${sizePx * 3}`, height: `${sizePx * 2}` })
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (context === null) return []
  const family = getComputedStyle(document.documentElement).getPropertyValue('--emoji')
  context.font = `${sizePx}px ${family}, sans-serif`
  context.textBaseline = 'top'
  // Where even the oldest seems missing the canvas tells nothing: some browsers blur it.
  if (!isOnePicture(context, '😀')) return []
  const pairs = samples.split(',').map((pair) => pair.split(' '))
  return pairs.flatMap(([version = '', sign = '']) => (isOnePicture(context, sign) ? [] : version))
}

/** Black or white ink makes no difference to a picture; two side by side are a broken sequence. */
function isOnePicture(context: CanvasRenderingContext2D, sign: string): boolean {
  if (context.measureText(sign).width > context.measureText('😀').width * 1.5) return false
  const { height, width } = context.canvas
  const [black, white] = ['#000', '#fff'].map((ink) => {
    context.clearRect(0, 0, width, height)
    context.fillStyle = ink
    context.fillText(sign, 0, 0)
    return context.getImageData(0, 0, width, height).data
  })
  const isDrawn = black?.some((value) => value > 0) === true
  return isDrawn && black.every((value, n) => value === white?.[n])
}

/** Under three rows of the panel. */
const emojiRecentMax = 24
/** After this long a use of an emoji counts half. */
export const emojiHalfLifeMs = 7 * 24 * 60 * 60_000

type Use = { sign: string; weight: number; at: number }

export type EmojiUsed = ReturnType<typeof openEmojiUsed>

/** What somebody did with emoji in this browser; as long as the page where nothing is stored. */
export function openEmojiUsed(storage: Storage, clock: () => number = Date.now) {
  let uses: Use[] = []
  let tone = 0
  // Another tab may have written.
  const ranked = (): Use[] => {
    const stored = readUses(storage.read('emoji.used'))
    const now = clock()
    const weightNow = ({ weight, at }: Use): number =>
      weight * 2 ** (-Math.max(0, now - at) / emojiHalfLifeMs)
    return (stored.length > 0 ? stored : uses)
      .map((use) => ({ sign: use.sign, weight: weightNow(use), at: now }))
      .toSorted((a, b) => b.weight - a.weight)
  }
  return {
    recent: () => ranked().map(({ sign }) => sign),
    note(sign: string): void {
      const before = ranked()
      const weight = (before.find((use) => use.sign === sign)?.weight ?? 0) + 1
      const others = before.filter((use) => use.sign !== sign)
      uses = [{ sign, weight, at: clock() }, ...others].slice(0, emojiRecentMax)
      storage.write('emoji.used', uses)
    },
    tone: () => tones.find((each) => each === storage.read('emoji.tone')) ?? tone,
    setTone(next: number): void {
      tone = next
      storage.write('emoji.tone', next)
    },
  }
}

function readUses(value: unknown): Use[] {
  if (!Array.isArray(value)) return []
  return value.slice(0, emojiRecentMax).flatMap((one) => {
    const { sign, weight, at } = fieldsOf(one)
    const isWhole =
      typeof sign === 'string' && sign !== '' && Number.isFinite(weight) && Number.isFinite(at)
    return isWhole ? [{ sign, weight: Number(weight), at: Number(at) }] : []
  })
}
