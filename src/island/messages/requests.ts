import type { App, Requests } from '../app'
import { newId } from '../ui/new-id'
import { showToast } from '../ui/toast'

/** Sends changes of stored messages; whatever fails is said to the reader. */
export function createRequests({ page, connection }: Pick<App, 'page' | 'connection'>): Requests {
  const waiting = new Map<string, (isAccepted: boolean) => void>()
  const resolve = (clientId: string | null, isAccepted: boolean): boolean => {
    const answer = waiting.get(clientId ?? '')
    waiting.delete(clientId ?? '')
    answer?.(isAccepted)
    return answer !== undefined
  }
  return {
    send(frame) {
      const clientId = newId()
      const { promise, resolve: answer } = Promise.withResolvers<boolean>()
      waiting.set(clientId, answer)
      if (!connection.send({ ...frame, client_id: clientId })) {
        resolve(clientId, false)
        showToast(page.words.notConnected)
      }
      return promise
    },
    onAccepted: ({ client_id }) => void resolve(client_id, true),
    onRefused({ client_id, reason }) {
      const isOurs = resolve(client_id, false)
      if (isOurs) showToast(reason)
      return isOurs
    },
    interrupted() {
      if (waiting.size > 0) showToast(page.words.notConnected)
      for (const clientId of waiting.keys()) resolve(clientId, false)
    },
  }
}
