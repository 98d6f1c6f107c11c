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

/** Whether a key writes something. */
export function isCharacter({ altKey, ctrlKey, key, metaKey }: KeyboardEvent): boolean {
  return key.length === 1 && !ctrlKey && !metaKey && !altKey
}
