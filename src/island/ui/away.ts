import type { ClientFrame } from '../../shared/protocol'

/** Away after this long without a key or a pointer. */
const awayMs = 5 * 60_000

/** Notices when nobody is at the keyboard any more, or the page is not seen. */
export type Away = {
  /** The connection is new: the server takes everybody for present. */
  onConnected: () => void
}

/** Watches for keys and pointers; `send` tells the server. */
export function watchAway(send: (frame: ClientFrame) => boolean): Away {
  let isAway = false
  let timer: Timer | undefined
  const tell = (): void => void send({ type: 'presence', state: isAway ? 'away' : 'online' })
  const set = (next: boolean): void => {
    if (next === isAway) return
    isAway = next
    tell()
  }
  const rest = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => set(true), awayMs)
  }
  const act = (): void => {
    if (document.hidden) return
    set(false)
    rest()
  }
  for (const type of ['keydown', 'pointerdown', 'pointermove', 'wheel', 'focus']) {
    addEventListener(type, act, { passive: true, capture: true })
  }
  document.addEventListener('visibilitychange', () => (document.hidden ? set(true) : act()))
  rest()
  return { onConnected: () => void (isAway && tell()) }
}
