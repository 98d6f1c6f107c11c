const gapPx = 8

/**
 * Places a box that floats over the page at a button, or at the end of a row: above it where there
 * is room, else below, never beyond the window, and not over the words that somebody is writing.
 * The styles say what becomes of `--x` and `--y`.
 */
export function placeBeside(box: HTMLElement, button: HTMLElement): void {
  const { left, right } = button.getBoundingClientRect()
  const { top, bottom } = (button.closest('.slab') ?? button).getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = box
  const start = right - left > width ? right - width - gapPx : left - gapPx
  const x = Math.max(gapPx, Math.min(start, innerWidth - width - gapPx))
  const above = top - gapPx - height
  const below = Math.min(bottom + gapPx, innerHeight - height - gapPx)
  const y = above >= gapPx ? above : Math.max(gapPx, below)
  box.style.setProperty('--x', `${x}px`)
  box.style.setProperty('--y', `${y}px`)
}
