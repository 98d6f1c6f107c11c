import type { AcceptedEvent, RefusedEvent } from '../../shared/protocol'
import { newId } from '../ui/new-id'
import type { Page } from '../ui/page'
import { showToast } from '../ui/toast'

/** Requests about messages that exist already: each is answered, or its connection was lost. */
export type Asks = {
  /** Sends a frame with an id of its own; true when it was accepted, else the reader is told. */
  ask: (frame: object) => Promise<boolean>
  onAccepted: (accepted: AcceptedEvent) => void
  /** True when it was about something that was asked for here. */
  onRefused: (refused: RefusedEvent) => boolean
  /** The connection is gone, and with it the answers. Asking again is always safe. */
  interrupted: () => void
}

/** Makes the list of what was asked and not answered yet. */
export function createAsks(page: Page, send: (frame: object) => boolean): Asks {
  const open = new Map<string, (isAccepted: boolean) => void>()
  const settle = (clientId: string | null, isAccepted: boolean): boolean => {
    const resolve = open.get(clientId ?? '')
    open.delete(clientId ?? '')
    resolve?.(isAccepted)
    return resolve !== undefined
  }
  return {
    ask(frame) {
      const clientId = newId()
      const { promise, resolve } = Promise.withResolvers<boolean>()
      open.set(clientId, resolve)
      if (!send({ ...frame, client_id: clientId })) {
        settle(clientId, false)
        showToast(page.words.notConnected)
      }
      return promise
    },
    onAccepted: ({ client_id }) => void settle(client_id, true),
    onRefused({ client_id, reason }) {
      const isOurs = settle(client_id, false)
      if (isOurs) showToast(reason)
      return isOurs
    },
    interrupted() {
      if (open.size > 0) showToast(page.words.notConnected)
      for (const clientId of open.keys()) settle(clientId, false)
    },
  }
}
