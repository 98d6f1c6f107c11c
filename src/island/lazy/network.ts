import { onNewBuild } from '../actions/new-build'
import { createPolling } from '../actions/polling'
import type { App, Network } from '../app'

/** Makes what a connection needs later: another way, and news in both directions. */
export function create(app: App): Network {
  return {
    ...createPolling(app),
    opened: watchAway(app),
    newBuild: (build) => onNewBuild(app, build),
  }
}

/** Away after this long without a key or a pointer. */
const awayMs = 5 * 60_000

/**
 * Tells the server when nobody uses the page. Returns what to call after connecting, as the server
 * takes a new connection for somebody who is online.
 */
function watchAway({ connection }: App): () => void {
  let isAway = false
  let timer: Timer | undefined
  const tell = () => connection.send({ type: 'presence', state: isAway ? 'away' : 'online' })
  const set = (next: boolean): void => {
    const isNew = next !== isAway
    isAway = next
    if (isNew) tell()
  }
  const act = (): void => {
    if (document.hidden) return set(true)
    set(false)
    clearTimeout(timer)
    timer = setTimeout(set, awayMs, true)
  }
  for (const type of ['keydown', 'pointerdown', 'pointermove', 'wheel', 'focus']) {
    addEventListener(type, act, { passive: true, capture: true })
  }
  document.addEventListener('visibilitychange', act)
  act()
  return () => void (isAway && tell())
}
