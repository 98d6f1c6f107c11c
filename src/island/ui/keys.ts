import { closest } from './dom'

/** What the key does is a setting; by itself a keyboard on the screen adds a line. */
export function isSending({ ctrlKey, metaKey }: KeyboardEvent): boolean {
  const { enter } = document.documentElement.dataset
  return ctrlKey || metaKey || enter === 'sends' || (enter !== 'line' && !isTouch())
}

/** A phone or tablet; a laptop with a touch screen is none. */
export function isTouch(): boolean {
  return matchMedia('(hover: none) and (pointer: coarse)').matches
}

/** Whether this key belongs to an input method. 229: Safari ends it before the keydown (165004). */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229
}

export function isCharacter({ altKey, ctrlKey, key, metaKey }: KeyboardEvent): boolean {
  return key.length === 1 && !ctrlKey && !metaKey && !altKey
}

/**
 * Whether a key gives a sign where somebody writes, or begins one: by itself, with AltGraph, which
 * is Ctrl and Alt on Windows, or with Option on a Mac, where it gives another than its own letter.
 */
export function givesSign(event: KeyboardEvent): boolean {
  const { altKey, code, ctrlKey, key, metaKey } = event
  if (key === 'Dead') return true
  // Names of keys begin like this, as F1.
  if (/^[A-Z]\w/.test(key) || metaKey) return false
  if (event.getModifierState('AltGraph') || (ctrlKey && altKey)) return true
  return !ctrlKey && (!altKey || code !== `Key${key.toUpperCase()}`)
}

const pressMs = 450
const moveMaxPx = 10
/** The click of a lifted finger follows within this time, if at all. */
const clickMs = 50

/**
 * Calls back when a finger that rested on something is lifted: before, its lifting would close what
 * opens. No text gets selected and no click follows; links keep the browser's own menu.
 */
export function watchLongPress<Found>(
  box: HTMLElement,
  find: (target: EventTarget | null) => Found | null,
  act: (found: Found) => void,
): void {
  let timer: Timer | undefined
  let start = { clientX: 0, clientY: 0 }
  let rested: Found | null = null
  const cancel = (): void => {
    clearTimeout(timer)
    rested = null
  }
  box.addEventListener('pointerdown', (event) => {
    cancel()
    const found = find(event.target)
    const isLink = closest(event.target, '.msg__body a') !== null
    if (event.pointerType !== 'touch' || found === null || isLink) return
    start = event
    timer = setTimeout(() => {
      rested = found
      getSelection()?.removeAllRanges()
    }, pressMs)
  })
  const isAway = ({ clientX, clientY }: MouseEvent): boolean =>
    Math.hypot(clientX - start.clientX, clientY - start.clientY) > moveMaxPx
  box.addEventListener('pointermove', (event) => {
    if (isAway(event)) cancel()
  })
  box.addEventListener('pointercancel', cancel)
  box.addEventListener('pointerup', () => {
    const found = rested
    cancel()
    if (found === null) return
    const signal = AbortSignal.timeout(clickMs)
    // Chrome of 2024 looks for its target when what opens is there already, under the finger.
    const swallow = (event: MouseEvent): void => {
      if (isAway(event)) return
      event.preventDefault()
      event.stopPropagation()
    }
    document.addEventListener('click', swallow, { capture: true, signal })
    setTimeout(() => act(found))
  })
  box.addEventListener('contextmenu', (event) => {
    if (event.pointerType === 'touch' && find(event.target) !== null) event.preventDefault()
  })
}
