const scaleMax = 8
const swipePx = 60

type Point = { clientX: number; clientY: number }

/**
 * Zooms a picture where one points, moves it, and recognises swipes: `act` gets what they mean.
 * A picture that is larger than its place always covers it, so it cannot leave the screen.
 */
export function watchGestures(image: HTMLImageElement, act: (name: string) => void) {
  const fingers = new Map<number, PointerEvent>()
  let began: PointerEvent | null = null
  let [scale, x, y] = [1, 0, 0]
  const within = (value: number, most: number): number => Math.min(most, Math.max(-most, value))
  const set = (toX: number, toY: number): void => {
    x = within(toX, (image.offsetWidth * (scale - 1)) / 2)
    y = within(toY, (image.offsetHeight * (scale - 1)) / 2)
    image.style.scale = String(scale)
    image.style.translate = `${x}px ${y}px`
  }
  const by = (factor: number, point: Partial<Point> = {}): void => {
    const { clientX = innerWidth / 2, clientY = innerHeight / 2 } = point
    const { left, top, width, height } = image.getBoundingClientRect()
    const before = scale
    scale = Math.min(scaleMax, Math.max(1, scale * factor))
    const growth = scale / before - 1
    // The given point stays where it is.
    set(x + (left + width / 2 - clientX) * growth, y + (top + height / 2 - clientY) * growth)
  }
  image.addEventListener('dblclick', (event) => by(scale > 1 ? 0 : 2.5, event))
  const onWheel = (event: WheelEvent): void => {
    event.preventDefault()
    // Two fingers on a touchpad are small steps with Ctrl; some wheels count lines.
    const notch = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 3 : event.ctrlKey ? 10 : 100
    by(1.15 ** (-event.deltaY / notch), event)
  }
  image.addEventListener('wheel', onWheel, { passive: false })
  image.addEventListener('pointerdown', (event) => {
    fingers.set(event.pointerId, event)
    began = fingers.size === 1 ? event : null
    image.setPointerCapture(event.pointerId)
  })
  image.addEventListener('pointermove', (event) => {
    const before = fingers.get(event.pointerId)
    if (before === undefined) return
    fingers.set(event.pointerId, event)
    const other = [...fingers.values()].find(({ pointerId }) => pointerId !== event.pointerId)
    if (other === undefined) {
      return set(x + event.clientX - before.clientX, y + event.clientY - before.clientY)
    }
    by(distance(event, other) / Math.max(1, distance(before, other)), other)
  })
  image.addEventListener('lostpointercapture', ({ pointerId }) => fingers.delete(pointerId))
  image.addEventListener('pointerup', ({ clientX, clientY }) => {
    if (began === null || scale > 1) return
    const [across, down] = [clientX - began.clientX, clientY - began.clientY]
    if (down > swipePx && down > Math.abs(across)) act('close')
    else if (Math.abs(across) > swipePx) act(across < 0 ? 'next' : 'previous')
  })
  return { by, reset: () => by(0) }
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY)
}
