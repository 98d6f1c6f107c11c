const pressMs = 450
const moveMaxPx = 10

/**
 * Calls back when a finger has rested on something that `find` knows and is lifted: what opened
 * under the finger would be closed by its lifting. No text selection begins, the click that follows
 * does nothing; links keep the browser's own menu.
 */
export function watchLongPress<Found>(
  box: HTMLElement,
  find: (target: EventTarget | null) => Found | null,
  act: (found: Found) => void,
): void {
  let timer: Timer | undefined
  let start = { x: 0, y: 0 }
  let rested: Found | null = null
  const cancel = (): void => {
    clearTimeout(timer)
    rested = null
  }
  box.addEventListener('pointerdown', (event) => {
    cancel()
    const found = find(event.target)
    const isLink = event.target instanceof Element && event.target.closest('.msg__body a') !== null
    if (event.pointerType !== 'touch' || found === null || isLink) return
    start = { x: event.clientX, y: event.clientY }
    timer = setTimeout(() => {
      rested = found
      getSelection()?.removeAllRanges()
      box.addEventListener('click', swallow, { capture: true, once: true })
    }, pressMs)
  })
  box.addEventListener('pointermove', ({ clientX, clientY }) => {
    if (Math.hypot(clientX - start.x, clientY - start.y) > moveMaxPx) cancel()
  })
  box.addEventListener('pointercancel', cancel)
  box.addEventListener('pointerup', () => {
    const found = rested
    cancel()
    if (found === null) return
    // The click comes right after, if at all.
    setTimeout(() => box.removeEventListener('click', swallow, { capture: true }), 50)
    setTimeout(() => act(found))
  })
  box.addEventListener('contextmenu', (event) => {
    const isFinger = 'pointerType' in event && event.pointerType === 'touch'
    if (isFinger && find(event.target) !== null) event.preventDefault()
  })
}

function swallow(event: Event): void {
  event.preventDefault()
  event.stopPropagation()
}
