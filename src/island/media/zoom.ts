const scaleMax = 8
const swipePx = 60

/** Zooms and moves a picture, and recognises swipes. */
export function watchGestures(
  image: HTMLImageElement,
  onSwipe: (way: 'previous' | 'next' | 'away') => void,
): { by: (factor: number) => void; reset: () => void } {
  const view = { scale: 1, x: 0, y: 0 }
  const fingers = new Map<number, PointerEvent>()
  let began: PointerEvent | null = null
  const draw = (): void => {
    image.style.scale = String(view.scale)
    image.style.translate = `${view.x}px ${view.y}px`
  }
  const reset = (): void => {
    Object.assign(view, { scale: 1, x: 0, y: 0 })
    draw()
  }
  const by = (factor: number): void => {
    view.scale = Math.min(scaleMax, Math.max(1, view.scale * factor))
    if (view.scale === 1) return reset()
    draw()
  }
  image.addEventListener('dblclick', () => (view.scale > 1 ? reset() : by(2.5)))
  const onWheel = (event: WheelEvent): void => {
    event.preventDefault()
    by(event.deltaY < 0 ? 1.15 : 1 / 1.15)
  }
  image.addEventListener('wheel', onWheel, { passive: false })
  image.addEventListener('dragstart', (event) => event.preventDefault())
  image.addEventListener('pointerdown', (event) => {
    fingers.set(event.pointerId, event)
    began = fingers.size === 1 ? event : null
    image.setPointerCapture(event.pointerId)
  })
  image.addEventListener('pointermove', (event) => {
    const before = fingers.get(event.pointerId)
    if (before === undefined) return
    const other = [...fingers.values()].find(({ pointerId }) => pointerId !== event.pointerId)
    if (other !== undefined) by(distance(event, other) / Math.max(1, distance(before, other)))
    else if (view.scale > 1) {
      view.x += event.clientX - before.clientX
      view.y += event.clientY - before.clientY
      draw()
    }
    fingers.set(event.pointerId, event)
  })
  const end = (event: PointerEvent): void => {
    fingers.delete(event.pointerId)
    if (began === null || view.scale > 1 || event.type === 'pointercancel') return
    const [across, down] = [event.clientX - began.clientX, event.clientY - began.clientY]
    began = null
    if (down > swipePx && down > Math.abs(across)) onSwipe('away')
    else if (Math.abs(across) > swipePx) onSwipe(across < 0 ? 'next' : 'previous')
  }
  image.addEventListener('pointerup', end)
  image.addEventListener('pointercancel', end)
  return { by, reset }
}

function distance(one: PointerEvent, other: PointerEvent): number {
  return Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY)
}
